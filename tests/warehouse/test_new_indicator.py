"""A new indicator is one declaration: roll-up, trace, report and documentation have it without another line."""

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.warehouse.province import nominee, record, small_province, step

ROOT = Path(__file__).parents[2]

DECLARATIONS = {
    "indicators/of_steps": 'Outcome("x", Text("Tiêu đề mới", "New"), Text("Nghĩa", "Meaning"), "voted")',
    "indicators/of_people": (
        'Due("x", Text("Tiêu đề mới", "New"), Text("Nghĩa", "Meaning"), ("voted",), (), lacking=("candidate",),'
        " breakdowns=OF_PEOPLE)"
    ),
    "indicators/of_returns": 'Rate("x", Text("Tiêu đề mới", "New"), Text("Nghĩa", "Meaning"), "voted", "identified")',
}

ASK = """
import json, sys
from events.database import engine
from reports.content.compiling import compile_period, encode
from reports.dictionary.indicators import document
from reports.render import render
from schemas.periods import parse
from warehouse.facts.expand import expand, parts
url, position = sys.argv[1], int(sys.argv[2])
period = parse("2025Q1")
with engine(url).connect() as connection:
    compilation = compile_period(connection, period, position)
    top = compilation.figures.tree[0].unit
    content = json.loads(encode(compilation.content(top, "official"))[0])
    facts = [fact.value for code in parts("x") for fact in expand(connection, top, period, code, position)]
place = [column["code"] for column in content["columns"]].index("x")
workbook, page = render(content, "xlsx", "vi"), render(content, "html", "vi").decode()
print(json.dumps({
    "value": content["rows"][0]["values"][place], "facts": facts,
    "documented": document("vi").decode().count("Tiêu đề mới"),
    "on the page": page.count("Tiêu đề mới"), "traced": page.count("2025Q1:83:x"), "workbook": len(workbook) > 5000,
    "columns": [column["code"] for column in content["columns"]],
}))
"""


@pytest.mark.parametrize(
    ("module", "value", "facts", "parts"),
    [
        ("indicators/of_steps", 2, [1, 1], set()),
        ("indicators/of_people", 1, [1], {"x.sex.female", "x.source_group.militia"}),
        ("indicators/of_returns", "66.7", [1, 1, 1, 1, 1], set()),
    ],
)
def test_one_declaration_is_all_that_a_new_indicator_needs(
    module: str, value: object, facts: list[int], parts: set[str], fresh_database: Engine, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas", ignore=shutil.ignore_patterns("__pycache__"))
    declared = tmp_path / "schemas" / f"{module}.py"
    head, brackets, tail = declared.read_text(encoding="utf-8").rpartition("Indicator, ...] = (")
    declared.write_text(f"{head}{brackets}{DECLARATIONS[module]}, {tail}", encoding="utf-8")
    people = [nominee("28756-01", date(2025, 2, 1)) for _ in range(3)]
    steps = [step(person, 2, "voted", date(2025, 2, 5)) for person in people[:2]]
    position = record(
        fresh_database, [*small_province(), *people, *steps, step(people[0], 3, "candidate", date(2025, 3, 1))]
    )
    url = fresh_database.url.render_as_string(hide_password=False)
    asked = subprocess.run(
        [sys.executable, "-c", ASK, url, str(position)],
        env={"PYTHONPATH": f"{tmp_path}:{ROOT}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    found = json.loads(asked.stdout)
    assert (found["value"], found["facts"]) == (value, facts)
    assert found["documented"] >= 1 and found["on the page"] >= 1 and found["traced"] >= 1 and found["workbook"]
    assert parts <= set(found["columns"])
