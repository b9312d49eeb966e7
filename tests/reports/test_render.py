"""What holds for every format: the same content gives the same bytes, in both languages, whatever units are called."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from reports.content.view import look
from reports.render import FORMATS, Format, extension, render
from schemas.messages.translation import Language, catalogue

Content = dict[str, Any]
Make = Callable[..., Content]
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_content_gives_the_same_bytes_at_another_time(format: Format, small: Content) -> None:
    first = render(small, format, "vi")
    time.sleep(2.1)  # a ZIP member's time has a resolution of two seconds
    assert render(small, format, "vi") == first


@pytest.mark.parametrize("format", FORMATS)
def test_another_process_gives_the_same_bytes(format: Format, small: Content, tmp_path: Path) -> None:
    here = [render(small, format, "vi") for _ in range(2)]
    (tmp_path / "content.json").write_bytes(render(small, "json", "vi"))
    code = (
        "import json, pathlib, sys; from reports.render import render; folder = pathlib.Path(sys.argv[1])\n"
        "content = json.loads((folder / 'content.json').read_bytes())\n"
        "(folder / 'out').write_bytes(render(content, sys.argv[2], 'vi'))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Pacific/Kiritimati"}
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), format], cwd=ROOT, env=environment, check=True, timeout=60
    )
    assert [written == (tmp_path / "out").read_bytes() for written in here] == [True, True]


@pytest.mark.parametrize("format", ["xlsx", "docx", "pdf", "html"])
def test_another_content_gives_other_bytes(format: Format, small: Content) -> None:
    before = render(small, format, "vi")
    small["position"] += 1
    assert render(small, format, "vi") != before


@pytest.mark.parametrize("format", ["xlsx", "docx", "pdf", "html"])
def test_the_two_languages_differ(format: Format, small: Content) -> None:
    assert render(small, format, "vi") != render(small, format, "en")


def test_json_is_the_canonical_content_that_the_hash_is_of(small: Content) -> None:
    written = render(small, "json", "vi")
    assert json.loads(written) == small
    assert written == render(dict(reversed(small.items())), "json", "en")


def test_both_languages_have_the_same_report_messages() -> None:
    keys = {lang: {key for key in catalogue(lang) if key.startswith("report.")} for lang in ("vi", "en")}
    assert keys["vi"] == keys["en"]
    assert len(keys["vi"]) > 100


def test_an_extension_names_the_format() -> None:
    assert [extension(format) for format in FORMATS] == [".xlsx", ".docx", ".pdf", ".html", ".json"]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("format", ["xlsx", "docx", "pdf", "html"])
def test_a_branch_with_nothing_to_report_still_gets_a_report(format: Format, language: Language, make: Make) -> None:
    content = make(branches=1, communes=1)
    branch = content["rows"][-1]
    branch["depth"] = 0
    branch["values"] = [None if isinstance(value, str) else 0 for value in branch["values"]]
    content["rows"] = [branch]
    content["unit"] = {"id": "x", "code": branch["code"], "name": branch["name"], "kind": "branch", "level": 4}
    content["superior"] = {"code": "83800", "name": "Đoàn xã Phú Hưng"}
    content["submissions"] = dict.fromkeys(("expected", "received", "counted", "on_time", "not_counted"), 0) | {
        "missing": []
    }
    assert render(content, format, language)


@pytest.mark.parametrize("format", ["xlsx", "docx", "pdf", "html"])
def test_names_with_unprintable_characters_or_of_great_length_do_not_stop_a_report(
    format: Format, small: Content
) -> None:
    small["rows"][1]["name"] = "Chi\u2029đoàn\ue000" + "dài" * 20_000
    small["rows"][2]["name"] = "lạ\ufffe\u2028"
    small["submissions"]["missing"] = [{"code": "1", "name": "\u202eđỏ", "superior": "x" * 40_000}]
    assert render(small, format, "vi")


def test_units_that_owe_a_report_are_counted_below_the_right_unit(province: Content) -> None:
    view = look(province, "vi")
    counted = {row.code: count for row, count in view.missing_by_child()}
    expected: dict[str, int] = {}
    for entry in province["submissions"]["missing"]:
        expected[entry["code"][:3]] = expected.get(entry["code"][:3], 0) + 1
    assert counted == expected
    assert sum(counted.values()) == len(province["submissions"]["missing"]) > 30


def test_the_door_to_the_renderers_opens_without_their_libraries() -> None:
    heavy = ("xlsxwriter", "docx", "typst", "jinja2")
    code = f"import sys, reports.render; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("rated", [0, 2])
def test_ratings_are_shown_where_anybody_was_rated(small: Content, rated: int) -> None:
    words = {"vi": "Tổ chức cơ sở xếp loại tốt", "en": "Organisations rated well"}
    small["columns"].append(
        {
            "code": "rated.good",
            "kind": "rating",
            "title": words,
            "short": words,
            "breakdown": None,
            "definition": words,
            "measured_in": words,
            "cell": ["good", "rated"],
        }
    )
    for row in small["rows"]:
        row["values"].append(rated)
    page = render(small, "html", "vi").decode()
    assert (words["vi"] in page) == ("Xếp loại tổ chức cơ sở Đoàn" in page) == (rated > 0)
    written = openpyxl.load_workbook(BytesIO(render(small, "xlsx", "vi")))
    assert ("Xếp loại" in written.sheetnames) == (rated > 0)
    tables = docx.Document(BytesIO(render(small, "docx", "vi"))).tables
    titles = {cell.text for table in tables for cell in table.columns[0].cells}
    assert (words["vi"] in titles) == (rated > 0)
