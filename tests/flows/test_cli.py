"""The command line answers people and machines, in their language, with one line and the defined exit code."""

import json
import os
import pty
import re
from pathlib import Path

import openpyxl
import pytest

from flows.cli import COMMANDS
from tests.flows.nguon import Nguon, filled
from warehouse.returns.status import STATES


def test_help_names_every_command_and_imports_nothing_slow(nguon: Nguon) -> None:
    shown = nguon("--help")
    assert shown.returncode == 0 and shown.stderr == ""
    assert all(f" {command} " in shown.stdout for command in COMMANDS)
    assert not _imported(nguon, "--help") & {"sqlalchemy", "polars", "pandera", "pydantic", "prefect", "alembic"}


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS), ("units", "list"), ("key", "create")])
def test_help_is_in_vietnamese_throughout(nguon: Nguon, command: tuple[str, ...]) -> None:
    shown = nguon(*command, "--help")
    assert shown.returncode == 0 and shown.stdout.startswith("Cách dùng: nguon")
    for alien in ("Usage", "COMMAND", "OPTIONS", "required", "Parameters", "Display"):
        assert alien not in shown.stdout


def test_help_is_in_english_for_who_asks(nguon: Nguon) -> None:
    shown = nguon("units", "list", "--help", NGUON_LANG="en")
    assert shown.stdout.startswith("Usage: nguon units list") and "Show the tree" in shown.stdout


@pytest.mark.parametrize(
    ("words", "code", "key"),
    [
        (["unist"], 2, "unknown_command_near"),
        (["xyz"], 2, "unknown_command"),
        (["units", "xyz"], 2, "unknown_command"),
        (["status"], 2, "argument_missing"),
        (["status", "2025Q1", "--foo"], 2, "unknown_option"),
        (["status", "2025Q1", "2025Q2"], 2, "argument_surplus"),
        (["status", "2025Q5"], 2, "unknown_period"),
        (["status", "2025-01-02..2025-01-03"], 2, "period_without_return"),
        (["status", "2025Q1", "--unit", "T-9"], 2, "unknown_unit"),
        (["status", "2020Q1"], 2, "no_units"),
        (["units", "list", "--on", "31/31/2025"], 2, "unknown_day"),
        (["units", "list", "--under", "T-9"], 2, "unknown_unit"),
        (["units", "load", "no-such.csv"], 2, "units_file_missing"),
        (["units", "import", "99", "--on", "2025-01-01"], 2, "unknown_province"),
        (["units", "import", "83"], 2, "units_day_needed"),
        (["template", "T-9", "2025Q1"], 2, "unknown_unit"),
        (["template", "T-S", "2025H1"], 2, "form_owed_none"),
        (["template", "T-1-1-1", "2025", "--form", "rating"], 2, "form_owed_none"),
        (["template", "T-S", "2025Q1", "--output", "no/such/folder/x.xlsx"], 3, "file_unwritable"),
        (["submit"], 2, "argument_missing"),
        (["submit", "no-such.xlsx"], 2, "file_missing"),
        (["submit", "."], 2, "folder_without_workbooks"),
        (["key", "create"], 1, "key_exists"),
    ],
)
def test_bad_input_is_one_line_and_an_exit_code(
    nguon: Nguon, tmp_path: Path, words: list[str], code: int, key: str
) -> None:
    told = nguon(*words, "--json", cwd=tmp_path, NGUON_LANG="en")
    assert (told.returncode, told.stdout) == (code, "")
    assert told.stderr.count("\n") == 1
    assert json.loads(told.stderr)["error"] == key


def test_an_error_is_a_sentence_in_the_language_of_the_person(nguon: Nguon) -> None:
    vietnamese, english = nguon("status", "2025Q5"), nguon("status", "2025Q5", NGUON_LANG="en")
    for told, begins in ((vietnamese, "Không hiểu kỳ báo cáo 2025Q5."), (english, "The period 2025Q5 is not")):
        assert told.stderr.startswith(begins) and told.stderr.count("\n") == 1


def test_a_wrong_setting_and_a_silent_database_are_one_line(nguon: Nguon) -> None:
    wrong = nguon("status", "2025Q1", NGUON_LOG_LEVEL="loud")
    assert wrong.returncode == 2 and "NGUON_LOG_LEVEL" in wrong.stderr and wrong.stderr.count("\n") == 1
    silent = nguon("status", "2025Q1", NGUON_DATABASE_URL="postgresql://somebody:secret@127.0.0.1:1/nguon")
    assert silent.returncode == 3 and "127.0.0.1" in silent.stderr and silent.stderr.count("\n") == 1
    assert "secret" not in silent.stderr


def test_init_can_be_repeated_and_tells_where_everything_lies(nguon: Nguon) -> None:
    first, second = (json.loads(nguon("init", "--json").stdout) for _ in range(2))
    assert first == second
    assert re.fullmatch(r"nguon\.invalid/[0-9a-f]{16}", first["origin"])
    assert Path(first["home"]) == nguon.home
    assert (Path(first["keys"]) / "matching.key").is_file()
    assert first["public_key"].startswith(first["origin"] + "+")


def test_units_are_drawn_as_a_tree_and_told_to_machines(nguon: Nguon) -> None:
    drawn = nguon("units", "list", "--under", "t-1").stdout.splitlines()
    assert [line.split("  ")[0] for line in drawn[1:5]] == [
        "Huyện đoàn Một",
        "└─ Đoàn xã An",
        "",
        "",
    ]
    assert drawn[3].startswith("   ├─ Chi đoàn ấp 1") and drawn[4].startswith("   └─ Chi đoàn ấp 2")
    told = json.loads(nguon("units", "list", "--json").stdout)
    assert [unit["code"] for unit in told["units"]][:2] == ["T", "T-1"] and len(told["units"]) == 10
    assert json.loads(nguon("units", "load", nguon.home / "units.csv", "--json").stdout)["events"] == 0


def test_official_lists_can_be_imported_twice(nguon: Nguon) -> None:
    first, second = (json.loads(nguon("units", "import", "83", "--on", "2025-06-30", "--json").stdout) for _ in "12")
    assert first["events"] == first["units"] > 150
    assert second["events"] == 0


def test_a_template_is_not_overwritten_unless_forced(nguon: Nguon, tmp_path: Path) -> None:
    written = nguon("template", "t-s", "2025q1", cwd=tmp_path)
    file = tmp_path / "T-S 2025Q1.xlsx"
    assert written.returncode == 0 and file.is_file()
    file.write_bytes(b"mine")
    refused = nguon("template", "T-S", "2025Q1", cwd=tmp_path)
    assert refused.returncode == 1 and file.read_bytes() == b"mine"
    assert nguon("template", "T-S", "2025Q1", "--force", cwd=tmp_path).returncode == 0
    assert file.read_bytes()[:2] == b"PK"


def test_workbooks_are_answered_and_status_follows(nguon: Nguon, tmp_path: Path) -> None:
    for unit in ("T-S", "T-1-1-1", "T-2-1-1"):
        assert nguon("template", unit, "2025Q2", "--output", tmp_path / f"{unit}.xlsx").returncode == 0
    filled(tmp_path / "T-1-1-1.xlsx", 10)

    first = (tmp_path / "T-S.xlsx").read_bytes()
    # A school held nothing, and says so on the form of its level; what is valid goes to the level above, and counts.
    good = nguon("submit", tmp_path / "T-S.xlsx", "--received", "20/06/2025", "--json")
    assert good.returncode == 0
    answer = json.loads(good.stdout)["submissions"][0]
    assert (answer["unit"], answer["period"], answer["valid"], answer["findings"]) == ("T-S", "2025Q2", True, [])
    assert (answer["state"], answer["counting"]) == ("submitted", answer["submission"])

    (tmp_path / "not a workbook.xlsx").write_text("xin chào")
    both = nguon("submit", tmp_path, "--received", "2025-06-21")
    assert both.returncode == 1
    assert "cell.required" in both.stdout and "B4" in both.stdout and "file.not_workbook" in both.stdout
    assert "đã nộp trước" in both.stdout

    again = json.loads(nguon("submit", tmp_path / "T-2-1-1.xlsx", "--json").stdout)
    assert (again["valid"], again["invalid"], again["submissions"][0]["repeated"]) == (0, 1, True)
    assert (again["submissions"][0]["state"], again["submissions"][0]["counting"]) == ("invalid", None)
    assert {finding["sheet"] for finding in again["submissions"][0]["findings"]} == {"Số lượng"}

    status = json.loads(nguon("status", "2025Q2", "--unit", "T", "--json").stdout)
    states = {(row["code"], row["form"]): row["state"] for row in status["returns"]}
    assert states == {
        ("T-1", "activities"): "missing",
        ("T-1-1", "activities"): "missing",
        ("T-1-1-1", "branch-quarterly"): "late",
        ("T-1-1-2", "branch-quarterly"): "missing",
        ("T-2", "activities"): "missing",
        ("T-2-1", "activities"): "missing",
        ("T-2-1-1", "branch-quarterly"): "invalid",
        ("T-2-1-2", "branch-quarterly"): "missing",
        ("T-S", "activities"): "on_time",
    }
    assert [(unit["code"], unit["expected"], unit["missing"]) for unit in status["roots"][0]["units"]] == [
        ("T-1", 4, 3),
        ("T-2", 4, 3),
        ("T-S", 1, 0),
    ]
    assert {key: status["total"][key] for key in ("expected", *STATES)} == {
        "expected": 9,
        "on_time": 1,
        "late": 1,
        "waiting": 0,
        "invalid": 1,
        "returned": 0,
        "withdrawn": 0,
        "missing": 6,
    }
    newest = {row["code"]: (row["submission"], row["newest"], row["counts"]) for row in status["returns"]}
    assert newest["T-S"] == (answer["submission"], "submitted", True)
    assert newest["T-1-1-2"] == (None, None, False)
    assert newest["T-2-1-1"] == (again["submissions"][0]["submission"], "invalid", False)
    (unplaced,) = json.loads(nguon("status", "2025Q2", "--json").stdout)["unplaced"]
    assert unplaced["received_on"] == "2025-06-21"
    assert unplaced["submission"] in nguon("status", "2025Q2").stdout
    assert "not a workbook.xlsx" in nguon("trace", unplaced["submission"]).stdout
    half = json.loads(nguon("status", "2025H1", "--unit", "T", "--json").stdout)
    assert (half["total"]["expected"], half["total"]["on_time"], half["total"]["late"]) == (18, 1, 1)

    book = openpyxl.load_workbook(tmp_path / "T-S.xlsx")
    for column, value in enumerate(("Phong trào thi đua “Đồng Khởi mới”", "12/05/2025", 30, 20), start=1):
        book["Hoạt động"].cell(4, column, value)
    book.save(tmp_path / "T-S.xlsx")
    revised = json.loads(nguon("submit", tmp_path / "T-S.xlsx", "--json").stdout)["submissions"][0]
    after = json.loads(nguon("status", "2025Q2", "--unit", "T-S", "--json").stdout)
    assert [(row["state"], row["revisions"], row["submission"]) for row in after["returns"]] == [
        ("on_time", 1, revised["submission"])
    ]
    (nguon.home / "first.xlsx").write_bytes(first)
    sent_again = json.loads(nguon("submit", nguon.home / "first.xlsx", "--json").stdout)["submissions"][0]
    assert (sent_again["submission"], sent_again["repeated"]) == (answer["submission"], True)
    assert (sent_again["state"], sent_again["counting"]) == ("superseded", revised["submission"])


def test_status_asks_for_what_is_owed_for_a_year_too(nguon: Nguon) -> None:
    told = json.loads(nguon("status", "2026", "--unit", "T", "--json").stdout)
    owed = [
        (row["code"], row["form"], row["period"]) for row in told["returns"] if not row["period"].startswith("2026Q")
    ]
    plans = [(code, "yearly-plan", "2026") for code in ("T-1-1-1", "T-1-1-2", "T-2-1-1", "T-2-1-2")]
    assert sorted(owed) == sorted([*plans, *((code, "rating", "2026") for code in ("T", "T-1", "T-2"))])
    assert told["total"]["expected"] == 4 * 9 + len(owed)


def test_a_reader_who_has_seen_enough_is_no_failure(nguon: Nguon) -> None:
    process = nguon.start("units", "list")
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert (process.stderr.read(), process.wait(30)) == ("", 0)


def test_colour_is_for_terminals_that_want_it(nguon: Nguon) -> None:
    assert "\x1b" not in nguon("status", "2025Q1").stdout
    assert "\x1b[1m" in _on_a_terminal(nguon, "status", "2025Q1", "--unit", "T")
    assert "\x1b[31m" in _on_a_terminal(nguon, "status", "2025Q1", "--unit", "T")
    assert "\x1b[31m" not in _on_a_terminal(nguon, "status", "2025Q1", "--unit", "T", NO_COLOR="1")


def test_answering_one_workbook_imports_nothing_that_is_slow_and_not_needed(nguon: Nguon, tmp_path: Path) -> None:
    path = tmp_path / "quick.xlsx"
    assert nguon("template", "T-2-1-2", "2025Q4", "--output", path).returncode == 0
    filled(path, 12)
    imported = _imported(nguon, "submit", path)
    assert "polars" in imported
    assert not imported & {"prefect", "great_expectations", "alembic", "xlsxwriter", "docx", "typst"}


def _imported(nguon: Nguon, *words: object) -> set[str]:
    """The packages that a command line imports."""
    ran = nguon(*words, PYTHONPROFILEIMPORTTIME="1")
    assert ran.returncode == 0, ran.stderr
    lines = [line for line in ran.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def _on_a_terminal(nguon: Nguon, *words: str, **variables: str) -> str:
    """What a person sees in a terminal."""
    reading, terminal = pty.openpty()
    process = nguon.start(*words, stdout=terminal, TERM="xterm-256color", **variables)
    os.close(terminal)
    shown = b""
    try:
        while part := os.read(reading, 4096):
            shown += part
    except OSError:  # the terminal is gone once nobody writes to it any more
        pass
    finally:
        os.close(reading)
    assert process.wait(30) == 0
    return shown.decode()
