"""What must hold row by row, as pandera schemas: one of errors and one of warnings for each sheet of a form.

A check's name is the finding's code, and the column that it stands on is the cell to look at. The form says what holds
of its rows (`schemas.forms.judging`); what holds of every cell of a kind stands here.
"""

from functools import cache

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData

from schemas.findings import Severity
from schemas.forms.form import EARLIEST_DATE, Column, Form, Sheet
from schemas.forms.judging import raw, unit_of
from schemas.forms.limits import limit
from schemas.gate.frames import SHORT_DATE, day
from schemas.policies.vocabularies import IN_USE

_UNREADABLE = {
    "date": "date.impossible",
    "integer": "integer.invalid",
    "identity": "identity.digits",
    "choice": "choice.unknown",
    "document": "document.form",
    "name": "name.form",
}

_col = pl.col


@cache
def schema(form: Form, sheet: Sheet, severity: Severity) -> pa.DataFrameSchema:
    """The pandera schema of the errors of a form's sheet, or of its warnings."""
    own, of_kind = (form.errors, _errors_of_kind) if severity == "error" else (form.warnings, _warnings_of_kind)
    columns = {}
    for column in sheet.read:
        rules = {**own.get(sheet.key, {}).get(column.key, {}), **of_kind(column)}
        columns[column.key] = pa.Column(nullable=True, checks=[_check(code, held) for code, held in rules.items()])
    return pa.DataFrameSchema(columns)


def _errors_of_kind(column: Column) -> dict[str, pl.Expr]:
    missing = _col(raw(column.key)).is_null()
    if column.kind == "unit":
        rules = {"unit.unknown": _col(unit_of(column.key)).is_not_null() | missing}
    else:
        read = day(column.key) if column.kind == "date" else _col(column.key)
        rules = {_UNREADABLE[column.kind]: read.is_not_null() | missing}
    if column.vocabulary and column.vocabulary.of in IN_USE:
        term = pl.concat_str(pl.lit(f"{column.vocabulary.of}."), _col(column.key))
        rules["choice.not_in_use"] = term.is_in(_col(limit("in_use")))
    if column.required:
        rules["cell.required"] = ~missing
    if column.kind == "date":
        rules |= {"date.too_early": read >= EARLIEST_DATE, "date.after_period": read <= _col("period_last")}
    return rules


def _warnings_of_kind(column: Column) -> dict[str, pl.Expr]:
    if column.kind != "date":
        return {}
    return {"date.two_digit_year": ~_col(raw(column.key)).str.contains(SHORT_DATE)}


def _check(code: str, held: pl.Expr) -> pa.Check:
    def holds(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(held.fill_null(value=True))

    return pa.Check(holds, name=code, ignore_na=False)
