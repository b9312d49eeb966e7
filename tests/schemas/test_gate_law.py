"""Law: what an event type refuses, the gate has refused before. Whatever stands in a cell, nothing raises."""

import unicodedata
from collections.abc import Callable, Collection, Mapping

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import vault
from events.ids import new_id
from events.log.canonical import dumps
from events.log.recorded import Cause, NewEvent, unstamped
from schemas.forms.family import FORMS
from schemas.forms.form import EARLIEST_DATE, FIRST_ROW, Form
from schemas.forms.known import Known
from schemas.forms.stating import Stating
from schemas.gate import check
from schemas.gate.workbook import Row, Workbook
from schemas.text import clean
from tests.actors import TESTER
from tests.thoroughness import times

UNIT = "019a0000-0000-7000-8000-000000000001"

OTHER = "019a0000-0000-7000-8000-000000000002"
CODE = "28756-Đ1"

GOOD: Mapping[str, Mapping[str, list[list[str]]]] = {
    "branch-quarterly": {
        "nominees": [
            ["083204001234", "Nguyễn Văn An", "01/05/2004", "Nam", "Không", "Địa bàn dân cư", "2025-01-10"],
            ["083304005678", "H’Hen Niê", "9.9.2004", "Nữ", "Có", "Y tế", "45669"],
            ["083204009012", "Lò Văn Chín", "2004-12-01", "Nam", "Có", "Sinh viên", "20/01/2025"],
        ],
        "steps": [
            ["083204001234", "Chi đoàn biểu quyết", "01-02-2025", "12-NQ/ĐTN", "20", "18", "15", "3", ""],
            ["083304005678", "Cử học lớp nhận thức về Đảng", "02/02/2025", "1326/2022-QĐ", "", "", "", "", ""],
            ["083204009012", "Chuyển sinh hoạt", "02/02/2025", "", "", "", "", "", CODE],
        ],
        "membership": [["Tổng số đoàn viên", "10"], ["Đoàn viên nữ", "4"], ["Thanh niên trên địa bàn, đơn vị", "30"]],
        "activities": [["Sinh hoạt chuyên đề", "03/02/2025", "12", "9"]],
    },
    "yearly-plan": {
        "targets": [["Đoàn viên được kết nạp Đảng", "2"]],
        "schedule": [["Chuyển danh sách cho cấp ủy dịp 03/02", "03/02/2025", "2"]],
    },
    "activities": {"activities": [["Phong trào thi đua “Đồng Khởi mới”", "03/02/2025", "12", ""]]},
    "rating": {"ratings": [[CODE, "Hoàn thành tốt nhiệm vụ", "Hoàn thành nhiệm vụ", "12-QĐ/TĐTN"]]},
}
"""By form, a workbook without an error."""

ODD = (
    *("05/03/00", "14/02/25", "01/05/26", "05/03/0000", "0000-01-01", "0025-02-14", "01/01/1890", "05/03/-200"),
    *("31/12/9999", "9999-12-31", "00000", "99999", "10957", "45667.5", "1e3", "-1", "+1", "0x1F", "1.0", "１２", "²"),
    *("100000001", "999999999", "9" * 30, "9" * 5000, "083904001234", "08320400123\U00011f54", "٠٨٣٢٠٤٠٠١٢٣٤", "𝟘𝟙"),
    *("12-ß/ĐTN", "12-ıſ", "12-ﬁ/K", "１２-NQ/ĐTN", "1٢/2025-NQ", "12-nq/đtn", "12-NQ/ĐTN\u2028x", "12-NQ/ÐTN"),
    *("An\x00", "An\x01B", "An\x7f", "\x85", "Nam\x1f", "nữ\u200b", "\ufeff", "\\u0000", "\U0010ffff", "\ue000"),
    *("\u212b\u2126 \u0958", "\uf900\ufb1d", "\u1100\u1161", "Hoà\u0301", "A\u0301\u0323n", "İ", "ǅ", "ß" * 99),
    *("0000Q1", "0001Q1", "1899Q4", "2199Q4", "2200Q1", "9999Q4", "２０２５Q1", "2025Q١", "2025q1", "2025H1", "2025"),
    *("Á" * 200, "No", "Yes", "null", "=1+1", "'", '"', "{", " "),
)

CHANGES: tuple[Callable[[str], str], ...] = (
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: text.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)}),
    lambda text: text.translate({ord("1"): 0x11F51, ord("2"): 0x0662}),
    lambda text: text[:3] + "\x02" + text[3:],
    lambda text: f"-{text}",
    lambda text: f"{text}\n",
    str.swapcase,
)

GOOD_TEXTS = sorted({text for of in GOOD.values() for rows in of.values() for row in rows for text in row})
TEXTS = (
    st.sampled_from(GOOD_TEXTS)
    | st.sampled_from(ODD)
    | st.builds(lambda change, text: change(text), st.sampled_from(CHANGES), st.sampled_from(GOOD_TEXTS))
    | st.text(max_size=20)
    | st.builds("{:02}/{:02}/{}".format, st.integers(0, 40), st.integers(0, 13), st.integers(-10, 12_000))
    | st.integers(-(10**12), 10**12).map(str)
    | st.floats().map(str)
)
PERIODS = {"quarter": "2025Q1", "year": "2025"}


def places(form: Form) -> list[tuple[str, int, str]]:
    return [
        (sheet.key, row, column.key)
        for sheet in form.sheets
        for row in range(len(GOOD[form.key][sheet.key]))
        for column in sheet.read
    ]


def workbook(
    form: Form, changes: Mapping[tuple[str, int, str], str], period: str | None = None, dated: bool = True
) -> Workbook:
    """A good workbook with other texts in some cells, each as reading leaves it; without days if it is not `dated`."""
    rows = {
        sheet.key: tuple(
            Row(
                FIRST_ROW + place,
                {
                    column.key: clean(changes.get((sheet.key, place, column.key), text)) or None
                    for column, text in zip(sheet.read, texts, strict=True)
                },
            )
            for place, texts in enumerate(GOOD[form.key][sheet.key])
        )
        for sheet in form.sheets
        if dated or all(column.kind != "date" for column in sheet.columns)
    }
    written = clean(period or PERIODS[form.duty.periods])
    return Workbook(form, UNIT, "1", "1", written, written, rows)


def workbooks(form: Form) -> st.SearchStrategy[Workbook]:
    return st.builds(
        workbook, st.just(form), st.dictionaries(st.sampled_from(places(form)), TEXTS, max_size=2)
    ) | st.builds(
        workbook,
        st.just(form),
        st.just({}),
        TEXTS | st.from_regex(r"\d{4}(Q[1-4])?", fullmatch=True),
        st.booleans(),
    )


def recorded_of(form: Form, workbooks: Collection[Workbook]) -> list[Workbook]:
    """The workbooks that the gate lets through, after all that is kept of them has been written."""
    books = {new_id(): book for book in workbooks if book.known_period()}
    periods = {submission: period for submission, book in books.items() if (period := book.known_period())}
    stacked = check.stack(form, books)
    units = [(submission, CODE, OTHER, "commune", "district", True, True, None) for submission in books]
    known = Known(units=pl.DataFrame(units, schema=Known.nothing().units.schema, orient="row"))
    findings = check.check(form, stacked, known)
    passed = books.keys() - {finding.submission for finding in findings if finding.severity == "error"}
    for submission in passed:
        frames = {sheet: frame.filter(pl.col("submission") == submission) for sheet, frame in stacked.items()}
        for row in frames[form.identities].iter_rows(named=True) if form.identities else ():
            vault.person_content(vault.Person(row["identity"], row["name"], row["birth_date"].isoformat()))
        subjects = {identity: new_id() for _, identity in form.named(frames).iter_rows()}
        commitments = dict.fromkeys(subjects.values(), "0" * 64)
        assert set(form.written_units(frames)["written"]) <= {CODE}
        stating = Stating(submission, UNIT, periods[submission], subjects, commitments, {CODE: OTHER})
        for fact in form.facts(stating, frames):
            event = NewEvent("return-a", 1, fact.payload, Cause(submission, fact.sheet, fact.row))
            unstamped(event, TESTER)
            assert EARLIEST_DATE <= getattr(fact.payload, "on", EARLIEST_DATE) <= stating.period.last
        for filled in books[submission].rows.values():
            for line in filled:
                dumps(line.cells)
    return [books[submission] for submission in passed]


def other_digits(book: Workbook) -> list[str]:
    """Texts of the cells with digits that are not of ASCII."""
    texts = [text for filled in book.rows.values() for row in filled for text in row.cells.values() if text]
    return [text for text in texts if any(letter.isdecimal() and not letter.isascii() for letter in text)]


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.key)
def test_every_odd_text_in_every_cell_is_refused_at_the_gate_or_recorded(form: Form) -> None:
    assert recorded_of(form, [workbook(form, {})])
    odd = [workbook(form, {place: text}) for place in places(form) for text in ODD]
    passed = recorded_of(form, odd + [workbook(form, {}, text, dated=False) for text in ODD])
    assert 0 < len(passed) < len(odd) / 3
    assert [other_digits(book) for book in passed if other_digits(book)] == []


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.key)
@settings(max_examples=times(15))
@given(st.data())
def test_what_passes_the_gate_is_refused_by_no_event_type(form: Form, data: st.DataObject) -> None:
    tried = data.draw(st.lists(workbooks(form), min_size=10, max_size=60))
    assert [other_digits(book) for book in recorded_of(form, tried) if other_digits(book)] == []
