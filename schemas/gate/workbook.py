"""Understanding a workbook: what its cover and its hidden identity sheet say, and the rows of its form's sheets.

Nothing is judged here except whether it has the sheets, the headings and the prefilled lines of its form.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from events.errors import UsageError
from schemas.findings import Finding
from schemas.forms.family import FORMS
from schemas.forms.form import COVER_ROWS, COVER_SHEET, FIRST_ROW, HEADING_ROW, IDENTITY_SHEET, Form, Sheet
from schemas.periods import Period, parse
from schemas.text import fold

Cells = dict[str, str | None]
Sheets = dict[str, list[list[str | None]]]
"""By title, the rows of a sheet, and in each the cells as text."""


@dataclass(frozen=True)
class Row:
    """A filled row: its number as people see it, and its cells as text by column key."""

    number: int
    cells: Cells


@dataclass(frozen=True)
class Workbook:
    """What a file holds. `unit` is the id that its template was made for, `unit_code` what the cover shows."""

    form: Form | None = None
    unit: str | None = None
    unit_code: str | None = None
    hidden_code: str | None = None
    period: str | None = None
    hidden_period: str | None = None
    rows: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def known_period(self) -> Period | None:
        """The period, if it is one that the form reports on, written as a template writes it."""
        try:
            period = parse(self.period or "")
        except UsageError:
            return None
        owed = self.form is not None and period.kind == self.form.duty.periods
        return period if owed and period.code == self.period else None


def understand(found: Sheets, submission: str, far: Collection[str] = ()) -> Workbook:
    """A whole workbook out of its cells; problems come back as findings of `submission`.

    `far` are the titles of the sheets in which something stands far beyond the form.
    """
    if COVER_SHEET not in found:
        return Workbook(findings=(Finding(submission, "file.no_cover"),))
    told = cover(found)
    form = told.form
    if form is None:
        return replace(told, findings=(Finding(submission, "cover.form_unknown", "cover"),))
    rows: dict[str, tuple[Row, ...]] = {}
    findings: list[Finding] = []
    for sheet in form.sheets:
        if sheet.title not in found:
            findings.append(Finding(submission, "sheet.missing", sheet.key))
            continue
        grid = found[sheet.title]
        findings += _heading_findings(sheet, grid, submission)
        rows[sheet.key] = _rows(sheet, grid)
        if not _complete(sheet, rows[sheet.key]):
            findings.append(Finding(submission, "measure.missing", sheet.key))
        if len(rows[sheet.key]) > 2 * sheet.capacity or sheet.title in far:
            findings.append(Finding(submission, "sheet.too_long", sheet.key))
            rows[sheet.key] = ()
    return replace(told, rows=rows, findings=tuple(findings))


def form_of(found: Sheets) -> Form | None:
    """The form that the hidden identity sheet names."""
    hidden = _hidden(found)
    told = (hidden.get("form"), hidden.get("version"))
    return next((form for form in FORMS.values() if (form.key, str(form.version)) == told), None)


def _hidden(found: Sheets) -> dict[str, str | None]:
    return {str(row[0]): row[1] for row in found.get(IDENTITY_SHEET, []) if len(row) > 1 and row[0]}


def cover(found: Sheets) -> Workbook:
    """Only what the cover and the hidden identity sheet say; empty where they are not there."""
    hidden = _hidden(found)
    shown = {key: _at(found.get(COVER_SHEET, []), row, 1) for key, row in COVER_ROWS.items()}
    return Workbook(
        form_of(found),
        unit=hidden.get("unit"),
        unit_code=shown["unit_code"],
        hidden_code=hidden.get("unit_code"),
        period=shown["period"],
        hidden_period=hidden.get("period"),
    )


def _at(grid: list[list[str | None]], row: int, column: int) -> str | None:
    """The cell in row `row` (from 1) and column `column` (from 0), if the sheet reaches that far."""
    return grid[row - 1][column] if len(grid) >= row and len(grid[row - 1]) > column else None


def _heading_findings(sheet: Sheet, grid: list[list[str | None]], submission: str) -> list[Finding]:
    return [
        Finding(submission, "sheet.heading", sheet.key, sheet.cell(column.key, HEADING_ROW), column.key)
        for i, column in enumerate(sheet.columns)
        if fold((_at(grid, HEADING_ROW, i) or "").rstrip("* ")) not in {fold(title) for title in column.title}
    ]


def _rows(sheet: Sheet, grid: list[list[str | None]]) -> tuple[Row, ...]:
    found = []
    for number in range(FIRST_ROW, len(grid) + 1):
        cells = {column.key: _at(grid, number, i) for i, column in enumerate(sheet.columns) if column.kind != "shown"}
        if any(value is not None for value in cells.values()):
            found.append(Row(number, cells))
    return tuple(found)


def _complete(sheet: Sheet, rows: Collection[Row]) -> bool:
    """Whether a prefilled sheet has all its lines; one that cannot be read or is empty is a fault of its own."""
    first = sheet.columns[0]
    if not sheet.prefilled or first.vocabulary is None:
        return True
    terms = {fold(title): code for code, titles in first.vocabulary.terms.items() for title in titles}
    found = [terms.get(fold(row.cells[first.key] or "")) for row in rows]
    return None in found or set(found) == first.vocabulary.terms.keys()
