"""Each finding is raised by the workbook that deserves it, at its cell, and by no other."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from io import BytesIO

import polars as pl
import pytest
from openpyxl import Workbook as Book
from openpyxl import load_workbook

from schemas.findings import RETIRED, SEVERITY
from schemas.forms.form import COVER_SHEET
from schemas.forms.known import Known
from schemas.forms.quarterly import QUARTERLY
from schemas.gate import cells, check, workbook
from schemas.periods import parse
from schemas.templates.template import workbook as template
from schemas.vocabulary.reasons import SET_ASIDE
from tests.rows import AN, BINH, membership, vote

PERIOD = parse("2025Q1")
UNIT = "019a0000-0000-7000-8000-000000000001"
PERSON = "019a0000-0000-7000-8000-00000000000a"
Rows = Mapping[str, Sequence[Mapping[str, object]]]


def content(rows: Rows) -> bytes:
    return template(QUARTERLY, UNIT, "28756-01", "Chi đoàn 1", PERIOD, {"membership": membership(10), **rows})


def understood(written: bytes) -> workbook.Workbook:
    found = cells.read(written, "form")
    assert found
    return workbook.understand(found.sheets, "s", found.far)


def findings(rows: Rows, known: Known | None = None) -> set[tuple[str, str | None]]:
    book = understood(content(rows))
    assert book.findings == ()
    stacked = check.stack(QUARTERLY, {"s": book})
    return {(f.code, f.cell) for f in check.check(QUARTERLY, stacked, known or Known.nothing())}


def known(
    *stated: tuple[str, date],
    by: str = UNIT,
    last: date = date(2024, 12, 31),
    before: Sequence[tuple[str, date, str, int]] = (),
    renumbered: bool = False,
    responsible_since: date | None = None,
) -> Known:
    """AN is known: other returns state these steps, and the version before of this one those in `before`.

    With `responsible_since` another unit is responsible until then, and this one from then on.
    """
    empty = Known.nothing()
    others = [("s", PERSON, code, on, last, by) for code, on in stated]
    own = [("s", PERSON, *statement) for statement in before]
    turn = responsible_since
    stretches = (
        [("s", PERSON, None, turn - timedelta(1), False, None), ("s", PERSON, turn, None, True, None)] if turn else []
    )
    return Known(
        subjects=_frame([("s", AN["identity"], PERSON, renumbered)], empty.subjects),
        stated=_frame(others, empty.stated),
        before=_frame(own, empty.before),
        responsible=_frame(stretches, empty.responsible),
    )


def _frame(rows: Sequence[tuple[object, ...]], like: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=like.schema, orient="row")


def receiving(written: str, unit: str) -> Known:
    """A unit under which code is whose."""
    rows = [("s", written, unit, "branch", "commune", False, False, None)]
    return Known(units=_frame(rows, Known.nothing().units))


def step(of: Mapping[str, object], title: str, on: date, **more: object) -> dict[str, object]:
    return {"identity": of["identity"], "step": title, "on": on, **more}


def transfer(of: Mapping[str, object], receiver: str) -> dict[str, object]:
    return step(of, "Chuyển sinh hoạt", DAY, receiver=receiver)


DAY = date(2025, 2, 1)
ADMITTED, NOMINATED = "Quyết định kết nạp Đảng", "Đoàn cơ sở ra nghị quyết giới thiệu (4-KNĐ)"
REACHED = ("committee_resolved", date(2025, 1, 1))
OTHER = "019a0000-0000-7000-8000-000000000002"
IDENTIFIED = ("identified", date(2025, 1, 2))
LATE = ("identified", date(2025, 2, 2))
EARLIER = date(2025, 1, 20)
ACTIVITY = {"activity": "Sinh hoạt chuyên đề", "on": DAY, "participants": 5, "members": 3}

OTHER_ONES = ("１", "١", "۱", "१", "\U00011f51", "¹", "①")
"""Digits that are no 1 of ASCII: full-width, Arabic, Persian, Devanagari, Kawi, raised, circled."""

CASES: dict[str, list[tuple[Rows, str, Known | None]]] = {
    "cell.required": [({"nominees": [{**AN, "sex": None}]}, "D4", None)],
    "identity.digits": [
        ({"nominees": [{**AN, "identity": 83204001234}]}, "A4", None),
        ({"nominees": [{**AN, "identity": "08320400123x"}]}, "A4", None),
        *[({"nominees": [{**AN, "identity": f"08320400{one}234"}]}, "A4", None) for one in OTHER_ONES],
    ],
    "identity.structure": [({"nominees": [{**AN, "identity": "083904001234"}]}, "A4", None)],
    "name.form": [({"nominees": [{**AN, "name": "An 99"}]}, "B4", None)],
    "date.impossible": [
        ({"nominees": [{**AN, "on": "31/02/2025"}]}, "G4", None),
        ({"nominees": [{**AN, "birth_date": "2004"}]}, "C4", None),
        ({"nominees": [{**AN, "birth_date": "04-05-01-2"}]}, "C4", None),
        ({"nominees": [{**AN, "on": "10/01-25"}]}, "G4", None),
        ({"nominees": [{**AN, "on": "10/01/+2025"}]}, "G4", None),
        *[({"nominees": [{**AN, "on": f"{one}0/01/2025"}]}, "G4", None) for one in OTHER_ONES],
        *[({"nominees": [{**AN, "on": f"10/01/2{one}"}]}, "G4", None) for one in OTHER_ONES],
        *[({"nominees": [{**AN, "on": f"4566{one}"}]}, "G4", None) for one in OTHER_ONES],
    ],
    "date.too_early": [
        ({"nominees": [{**AN, "birth_date": "31/12/1929"}]}, "C4", None),
        ({"nominees": [{**AN, "birth_date": "01/01/1890"}]}, "C4", None),
        ({"nominees": [{**AN, "birth_date": "01/05/26"}]}, "C4", None),
        ({"nominees": [{**AN, "on": "05/03/0000"}]}, "G4", None),
        ({"nominees": [{**AN, "on": "0025-02-14"}]}, "G4", None),
        ({"nominees": [{**AN, "on": 10957}]}, "G4", None),
        ({"nominees": [AN], "steps": [vote(AN, DAY) | {"on": "14.02.0025"}]}, "C4", None),
        ({"activities": [{**ACTIVITY, "on": "14-02-1890"}]}, "B4", None),
    ],
    "date.after_period": [
        ({"nominees": [{**AN, "on": date(2025, 4, 1)}]}, "G4", None),
        ({"nominees": [{**AN, "birth_date": date(2025, 4, 1)}]}, "C4", None),
        ({"activities": [{**ACTIVITY, "on": date(2025, 4, 1)}]}, "B4", None),
        ({"nominees": [AN], "steps": [vote(AN, date(2025, 4, 1))]}, "C4", None),
    ],
    "integer.invalid": [
        (
            {"membership": [*membership(10)[:-1], {"measure": "Đoàn viên mới kết nạp trong kỳ", "value": -1}]},
            "B9",
            None,
        ),
        ({"activities": [{**ACTIVITY, "participants": 4.5, "members": None}]}, "C4", None),
        *[({"activities": [{**ACTIVITY, "participants": one, "members": None}]}, "C4", None) for one in OTHER_ONES],
    ],
    "choice.unknown": [({"nominees": [{**AN, "source_group": "Nông dân"}]}, "F4", None)],
    "document.form": [
        ({"nominees": [AN], "steps": [vote(AN, DAY, document=written)]}, "D4", None)
        for written in ("nghị quyết của An", "12-ß/ĐTN", "12-NQ/ıT", *(f"{one}-NQ/ĐTN" for one in OTHER_ONES))
    ],
    "nominee.duplicate": [({"nominees": [AN, {}, AN]}, "A6", None)],
    "nominee.age": [({"nominees": [{**AN, "identity": "083220001234", "birth_date": date(2020, 5, 1)}]}, "C4", None)],
    "nominee.elsewhere": [({"nominees": [AN]}, "A4", known(("identified", date(2025, 1, 5)), by=OTHER))],
    "nominee.needed": [
        ({}, "A7", known(("voted", DAY), before=[("identified", DAY, "nominees", 7), ("withdrawn", DAY, "steps", 5)])),
    ],
    "nominee.renumbered": [({"nominees": [AN]}, "A4", known(renumbered=True))],
    "step.needed": [
        ({}, "A5", known(IDENTIFIED, ("nominated", DAY), before=[("voted", EARLIER, "steps", 5)])),
    ],
    "step.after_follower": [
        ({"nominees": [AN]}, "G4", known(("class_sent", date(2025, 1, 9)))),
        ({"steps": [vote(AN, DAY)]}, "C4", known(IDENTIFIED, ("nominated", EARLIER))),
        ({"steps": [vote(AN, DAY)]}, "C4", known(IDENTIFIED, ("admitted", EARLIER))),
    ],
    "step.not_responsible": [
        ({"steps": [vote(AN, DAY)]}, "A4", known(IDENTIFIED, responsible_since=date(2025, 2, 2))),
        ({"nominees": [AN], "steps": [transfer(AN, ""), vote(AN, date(2025, 2, 2))]}, "A5", None),
    ],
    "step.unknown_nominee": [({"nominees": [BINH], "steps": [vote(AN, DAY)]}, "A4", None)],
    "step.before_predecessor": [
        ({"nominees": [AN], "steps": [vote(AN, date(2025, 1, 9))]}, "C4", None),
        ({"steps": [vote(AN, DAY)]}, "C4", known(LATE)),
        ({"steps": [step(AN, ADMITTED, DAY)]}, "C4", known(LATE, REACHED)),
        ({"nominees": [AN], "steps": [step(AN, ADMITTED, date(2025, 1, 9))]}, "C4", None),
    ],
    "step.receiver_without_transfer": [
        ({"nominees": [AN], "steps": [vote(AN, DAY, receiver="28756-02")]}, "I4", receiving("28756-02", OTHER)),
    ],
    "step.receiver_same": [
        ({"nominees": [AN], "steps": [transfer(AN, "28756-01")]}, "I4", receiving("28756-01", UNIT)),
    ],
    "unit.unknown": [
        ({"nominees": [AN], "steps": [transfer(AN, written)]}, "I4", None) for written in ("28756-02", "?", "28 756")
    ],
    "step.duplicate": [({"nominees": [AN], "steps": [vote(AN, DAY), vote(AN, DAY)]}, "B5", None)],
    "votes.missing": [
        ({"nominees": [AN], "steps": [vote(AN, DAY, total=None)]}, "E4", None),
        ({"nominees": [AN], "steps": [vote(AN, DAY, present=None)]}, "F4", None),
        ({"nominees": [AN], "steps": [vote(AN, DAY, votes_for=None)]}, "G4", None),
        ({"nominees": [AN], "steps": [vote(AN, DAY, votes_against=None)]}, "H4", None),
        (
            {"nominees": [AN], "steps": [vote(AN, DAY), vote(AN, DAY, step=NOMINATED, present=None)]},
            "F5",
            None,
        ),
    ],
    "votes.above_total": [
        ({"nominees": [AN], "steps": [vote(AN, DAY, present=21)]}, "F4", None),
        ({"nominees": [AN], "steps": [vote(AN, DAY, total=17)]}, "F4", None),
    ],
    "votes.above_present": [({"nominees": [AN], "steps": [vote(AN, DAY, votes_against=4)]}, "G4", None)],
    "membership.part_above_total": [({"membership": membership(10, female=11)}, "B5", None)],
    "measure.duplicate": [
        ({"membership": [*membership(10), membership(10)[0]]}, "A10", None),
    ],
    "activity.members_above_participants": [({"activities": [{**ACTIVITY, "members": 6}]}, "D4", None)],
    "nominee.sex_differs": [({"nominees": [{**AN, "sex": "Nữ"}]}, "D4", None)],
    "nominee.birth_year_differs": [({"nominees": [{**AN, "birth_date": date(2003, 5, 1)}]}, "C4", None)],
    "nominee.age_unusual": [
        ({"nominees": [{**AN, "identity": "083085001234", "birth_date": date(1985, 5, 1)}]}, "C4", None)
    ],
    "step.without_predecessor": [
        ({"nominees": [AN], "steps": [vote(AN, DAY, step="Chuyển danh sách cho cấp ủy")]}, "B4", None)
    ],
    "date.before_period": [
        ({"nominees": [{**AN, "on": date(2024, 12, 30)}]}, "G4", None),
        ({"activities": [{**ACTIVITY, "on": date(2024, 12, 30)}]}, "B4", None),
    ],
    "date.two_digit_year": [
        ({"nominees": [{**AN, "birth_date": "1/5/04"}]}, "C4", None),
        ({"nominees": [{**AN, "on": "10-01-25"}]}, "G4", None),
        ({"nominees": [AN], "steps": [vote(AN, DAY) | {"on": "14.02.25"}]}, "C4", None),
        ({"activities": [{**ACTIVITY, "on": "14/02/25"}]}, "B4", None),
    ],
    "votes.too_few": [({"nominees": [AN], "steps": [vote(AN, DAY, votes_for=10)]}, "G4", None)],
}


def test_a_good_workbook_has_no_findings() -> None:
    rows = {
        "nominees": [AN, {}, BINH],
        "steps": [vote(AN, DAY), vote(BINH, DAY, document="12-NQ/ĐTN")],
        "activities": [ACTIVITY],
    }
    assert findings(rows) == set()


def test_a_transfer_names_the_unit_that_receives_by_its_code_in_any_case() -> None:
    rows = {"nominees": [AN], "steps": [transfer(AN, "28756-đ2")]}
    assert findings(rows, receiving("28756-Đ2", OTHER)) == set()


@pytest.mark.parametrize("code", CASES)
def test_a_fault_is_found_at_its_cell_and_nothing_else_is(code: str) -> None:
    for rows, cell, before in CASES[code]:
        assert findings(rows, before) == {(code, cell)}


def test_the_same_word_written_otherwise_is_understood() -> None:
    odd = {
        **AN,
        "sex": "  NAM ",
        "source_group": unicodedata.normalize("NFD", "ĐỊA BÀN DÂN CƯ"),
        "birth_date": "1/5/2004",
        "on": "10-01-2025",
    }
    assert findings({"nominees": [odd]}) == set()
    assert findings({"nominees": [{**AN, "on": 45667}]}) == set()


def edited(change: str, written: str = "99") -> bytes:
    book = load_workbook(BytesIO(content({"nominees": [AN]})))
    match change:
        case "sheet.missing":
            del book["Các bước"]
        case "sheet.heading":
            book["Đoàn viên ưu tú"]["D3"] = "Phái"
        case "file.no_cover":
            del book[COVER_SHEET]
        case "cover.form_unknown":
            book["_nguon"]["B2"] = written
        case "sheet.too_long":
            page = book["Hoạt động"]
            for row in range(4, 4 + 2 * QUARTERLY.sheet("activities").capacity + 1):
                page.cell(row, 1, "Sinh hoạt chuyên đề")
    target = BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    ("code", "sheet", "cell"),
    [
        ("sheet.missing", "steps", None),
        ("sheet.heading", "nominees", "D3"),
        ("file.no_cover", None, None),
        ("cover.form_unknown", "cover", None),
        ("sheet.too_long", "activities", None),
    ],
)
def test_a_workbook_that_is_not_the_form_says_where(code: str, sheet: str | None, cell: str | None) -> None:
    found = understood(edited(code)).findings
    assert [(f.code, f.sheet, f.cell) for f in found] == [(code, sheet, cell)]


@pytest.mark.parametrize("version", [*OTHER_ONES, "-1", "1.5", "9" * 5000])
def test_a_form_is_known_by_its_very_version(version: str) -> None:
    found = understood(edited("cover.form_unknown", version)).findings
    assert [finding.code for finding in found] == ["cover.form_unknown"]


@pytest.mark.parametrize("period", ["2025q1", "2025", *(f"2025Q{one}" for one in OTHER_ONES), "２０２５Q1", "0000Q1"])
def test_a_period_is_one_of_the_form_as_the_template_writes_it(period: str) -> None:
    assert workbook.Workbook(QUARTERLY, period=period).known_period() is None
    assert workbook.Workbook(QUARTERLY, period="2025Q1").known_period() == PERIOD
    assert workbook.Workbook(period="2025Q1").known_period() is None


@pytest.mark.parametrize("lines", [membership(10)[1:], membership(10)[:-1], []])
def test_every_line_of_a_prefilled_sheet_must_be_there(lines: list[Mapping[str, object]]) -> None:
    book = understood(content({"nominees": [AN], "membership": lines}))
    assert [(f.code, f.sheet, f.cell) for f in book.findings] == [("measure.missing", "membership", None)]


def test_what_comes_before_it_may_is_a_finding() -> None:
    book = understood(content({"nominees": [AN]}))
    found = check.check(QUARTERLY, check.stack(QUARTERLY, {"s": book}), Known.nothing(), early=["s"])
    assert [(f.code, f.sheet) for f in found] == [("cover.period_not_begun", "cover")]


def test_a_workbook_of_somebody_elses_is_not_the_form() -> None:
    target = BytesIO()
    book = Book()
    book.active.append(["Họ tên", "Ngày sinh"])
    book.save(target)
    assert [f.code for f in understood(target.getvalue()).findings] == ["file.no_cover"]


def test_every_finding_of_the_registry_is_shown_by_a_test() -> None:
    """Those of the file and the cover are shown above, and in the tests of validation, reading and setting aside."""
    shown = {*CASES, "sheet.missing", "sheet.heading", "sheet.too_long", "measure.missing"}
    shown |= {"file.no_cover", "cover.form_unknown", "cover.period_not_begun"}
    shown |= {"date.before_year", "unit.not_below", "unit.not_grassroots", "unit.repeated"}
    in_validation = {"cover.unit_unknown", "cover.unit_mismatch", "cover.period_unknown", "cover.period_mismatch"}
    in_validation |= {"file.more_findings", "cover.unit_owes_none"}
    elsewhere = {"file.empty", "file.not_workbook", "file.exhausting", "file.unforeseen"}
    elsewhere |= {"choice.not_in_use"}  # tests of policies
    elsewhere |= {"nominee.erased", "nominee.like_erased", "file.erased"}  # tests of erasure
    elsewhere |= {f"aside.{reason}" for reason in SET_ASIDE.terms}
    assert shown | in_validation | elsewhere == set(SEVERITY)
    assert not set(RETIRED) & set(SEVERITY)
