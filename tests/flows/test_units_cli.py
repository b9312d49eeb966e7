"""Units over time on the command line: a reorganisation from a file, what it changed, and figures on either tree."""

import json

from tests.flows.nguon import Nguon
from tests.flows.test_cli import filled

CHANGES = """change,code,on,name,parent,new_code,successor,kind,level,order
{}
"""


def test_a_reorganisation_is_loaded_shown_and_refused_as_one(nguon: Nguon) -> None:
    file = nguon.home / "changes.csv"
    units = json.loads(nguon("units", "tree", "--on", "2025-06-30", "--json").stdout)["units"]
    branch, sibling = [unit for unit in units if unit["kind"] == "branch"][:2]
    file.write_text(CHANGES.format(f"merge,{branch['code']},2025-08-01,,,,{sibling['code']},,,12-NQ/ĐTN"), "utf-8")
    assert json.loads(nguon("units", "load", file, "--json").stdout) == {"changes": 1, "events": 1}
    assert json.loads(nguon("units", "load", file, "--json").stdout)["events"] == 0
    (ended,) = json.loads(nguon("units", "diff", "2025-06-30", "2025-08-01", "--json").stdout)["differences"]
    assert (ended["what"], ended["code"], ended["now"]) == ("ended", branch["code"], sibling["code"])
    assert sibling["code"] in nguon("units", "diff", "2025-06-30", "01/08/2025").stdout
    told = json.loads(nguon("units", "history", branch["code"], "--json").stdout)["events"]
    assert [(event["type"], event["order"]) for event in told][-1] == ("UnitMerged", "12-NQ/ĐTN")
    assert branch["name"] in nguon("units", "history", branch["code"]).stdout
    file.write_text(CHANGES.format(f"move,{sibling['code']},2025-09-01,,{sibling['code']},,,,,"), "utf-8")
    refused = nguon("units", "load", file, NGUON_LANG="en")
    assert refused.returncode == 1
    assert sibling["code"] in refused.stderr and "2025-09-01" in refused.stderr
    file.write_text(CHANGES.format(f"abolish,{sibling['code']},2025-09-01,,,,,,,"), "utf-8")
    wrong = nguon("units", "load", file, NGUON_LANG="en")
    assert wrong.returncode == 2 and "line 2, column change" in wrong.stderr
    assert nguon("units", "history", "T-404").returncode == 2


def test_a_file_is_looked_at_before_it_is_loaded_and_refused_with_all_its_lines(nguon: Nguon) -> None:
    file = nguon.home / "changes.csv"
    units = json.loads(nguon("units", "tree", "--on", "2025-06-30", "--json").stdout)["units"]
    branches = [unit for unit in units if unit["kind"] == "branch"]
    commune = next(unit for unit in units if unit["unit"] == branches[-1]["parent"])
    day = "2025-08-09"
    file.write_text(CHANGES.format(f"dissolve,{branches[-1]['code']},{day},,,,,,,1687/NQ-UBTVQH15"), "utf-8")
    shown = nguon("units", "load", file, "--preview")
    assert shown.returncode == 0 and f"{branches[-1]['name']}" in shown.stdout
    told = json.loads(nguon("units", "load", file, "--preview", "--json").stdout)
    assert [(one["what"], one["code"]) for one in told["days"][0]["differences"]] == [("ended", branches[-1]["code"])]
    assert json.loads(nguon("units", "diff", "2025-08-08", day, "--json").stdout)["differences"] == []
    below = [unit["code"] for unit in units if unit["parent"] == commune["unit"]]
    lines = [f"dissolve,{commune['code']},{day},,,,,,,", f"abolish,x_1,{day},,,,,,,"]
    file.write_text(CHANGES.format("\n".join(lines)), "utf-8")
    looked = nguon("units", "load", file, "--preview", "--json")
    assert looked.returncode == 2
    assert [one["code"] for one in json.loads(looked.stdout)["missing_moves"]] == below
    refused = nguon("units", "load", file, NGUON_LANG="en")
    assert refused.returncode == 2
    assert len(refused.stderr.splitlines()) == 1 + len(below) + 2
    assert "Line 2: " in refused.stderr and "line 3, column change" in refused.stderr
    machine = json.loads(nguon("units", "load", file, "--json").stderr)
    assert machine["error"] == "units_refused"
    assert {one["line"] for one in machine["problems"]} == {2, 3}


def test_a_report_and_a_trace_are_on_the_tree_that_is_asked_for(nguon: Nguon) -> None:
    written = json.loads(
        nguon(
            "report", "T", "2025Q2", "--tree-on", "today", "--format", "json", "--output", nguon.home, "--json"
        ).stdout
    )
    content = json.loads((nguon.home / "T 2025Q2.json").read_text(encoding="utf-8"))
    assert content["tree_on"] == written["tree_on"] != content["period"]["last"]
    assert nguon("report", "T", "2025Q2", "--tree-on", "2000-01-01").returncode == 2
    traced = json.loads(nguon("trace", "2025Q2:T:completeness", "--tree-on", "2025-12-31", "--json").stdout)
    assert traced["status"] == "preliminary"


def test_a_unit_that_ended_gets_and_hands_in_the_form_of_a_quarter_in_which_it_lived(nguon: Nguon) -> None:
    units = json.loads(nguon("units", "tree", "--on", "2025-12-31", "--json").stdout)["units"]
    code = [unit["code"] for unit in units if unit["kind"] == "branch"][-1]
    file = nguon.home / "ended.csv"
    file.write_text(CHANGES.format(f"dissolve,{code},2025-11-15,,,,,,,"), "utf-8")
    assert nguon("units", "load", file).returncode == 0
    workbook = nguon.home / "ended.xlsx"
    assert nguon("template", code, "2025Q4", "--output", workbook).returncode == 0
    filled(workbook, 10)
    assert nguon("submit", workbook).returncode == 0
    assert nguon("template", code, "2026Q1", "--output", workbook).returncode == 2
    assert json.loads(nguon("nominees", "--json").stdout)["nominees"] == []
    assert nguon("nominees", "--unit", "T-404").returncode == 2
