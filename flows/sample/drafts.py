"""A sample workbook before it is a file: whose it is, when it arrives, and the rows of its sheets."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from schemas.forms.form import Form
from schemas.forms.quarterly import QUARTERLY
from schemas.periods import Period
from schemas.templates.template import workbook

Cells = dict[str, Any]
Rows = dict[str, list[Cells]]


@dataclass(frozen=True)
class Draft:
    """Rows by sheet key as `schemas.templates.template.workbook` takes them; `received_on` is the day of arrival."""

    unit_id: str
    unit_code: str
    unit_name: str
    period: Period
    received_on: date
    rows: Rows
    form: Form = QUARTERLY

    def workbook(self, form: Form | None = None) -> bytes:
        """The draft as XLSX, on another form than its own if one is given."""
        return workbook(form or self.form, self.unit_id, self.unit_code, self.unit_name, self.period, self.rows)

    def each(self, sheet: str, change: Callable[[Cells], Cells]) -> "Draft":
        """A copy in which every row of a sheet went through `change`."""
        return self.having(sheet, [change(cells) for cells in self.rows[sheet]])

    def changed(self, sheet: str, row: int, **cells: object) -> "Draft":
        """A copy with other cells in one row of a sheet, counted from 0."""
        rows = list(self.rows[sheet])
        rows[row] = rows[row] | cells
        return self.having(sheet, rows)

    def having(self, sheet: str, rows: list[Cells]) -> "Draft":
        """A copy with other rows on a sheet."""
        return replace(self, rows=self.rows | {sheet: rows})
