"""What must hold row by row, as pandera schemas: one of errors and one of warnings for each sheet.

A check's name is the finding's code, and the column that it stands on is the cell to look at. Checks may read
every column of the frame, and the context columns that `schemas.gate.context` adds. Sources: thresholds and ages from
guidance 42-HD/TĐTN-TCKT and common practice; they are dated settings, not law.
"""

from functools import cache

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData

from schemas.findings import Severity
from schemas.forms.form import EARLIEST_DATE, Column, Sheet
from schemas.gate.frames import SHORT_DATE, day, raw

YOUNGEST, OLDEST = 15, 60
UNUSUAL_BELOW, UNUSUAL_ABOVE = 16, 35

_UNREADABLE = {
    "date": "date.impossible",
    "integer": "integer.invalid",
    "identity": "identity.digits",
    "choice": "choice.unknown",
    "document": "document.form",
    "name": "name.form",
}

_col = pl.col
# Only of days in time: one after the period is a fault of its own, whatever age comes of it.
_age = pl.when(pl.max_horizontal("on", "birth_date") <= _col("period_last")).then(
    _col("on").dt.year() - _col("birth_date").dt.year()
)
_sex_digit = _col("identity").str.slice(3, 1).cast(pl.Int32, strict=False)
_identity_year = 1900 + 100 * (_sex_digit // 2) + _col("identity").str.slice(4, 2).cast(pl.Int32, strict=False)

_Rules = dict[str, dict[str, pl.Expr]]
"""Column key to finding code to what must be true (null counts as true)."""

ERRORS: dict[str, _Rules] = {
    "nominees": {
        "identity": {
            "identity.structure": _sex_digit.is_between(0, 3),
            "nominee.duplicate": ~_col("repeated"),
            "nominee.elsewhere": ~_col("elsewhere"),
        },
        "birth_date": {"nominee.age": _age.is_between(YOUNGEST, OLDEST)},
    },
    "steps": {
        "identity": {"step.unknown_nominee": _col("known")},
        "step": {"step.duplicate": ~_col("repeated")},
        "on": {"step.before_predecessor": _col("on") >= _col("predecessor_on")},
        "total": {"votes.missing": (_col("step") != "voted") | _col("raw:total").is_not_null()},
        "votes_for": {
            "votes.missing": (_col("step") != "voted") | _col("raw:votes_for").is_not_null(),
            "votes.above_total": _col("votes_for") <= _col("total"),
            "votes.above_present": _col("votes_for") + _col("votes_against").fill_null(0) <= _col("present"),
        },
        "present": {"votes.above_total": _col("present") <= _col("total")},
    },
    "membership": {
        "measure": {"measure.duplicate": ~_col("repeated")},
        "value": {
            "membership.part_above_total": ~_col("measure").str.starts_with("members_")
            | (_col("value") <= _col("whole"))
        },
    },
    "activities": {
        "members": {"activity.members_above_participants": _col("members") <= _col("participants")},
    },
    "targets": {
        "target": {"measure.duplicate": ~_col("repeated")},
        # A line left empty is no row at all (`schemas.gate.workbook`); one that came through would set no target.
        "value": {"cell.required": _col("raw:value").is_not_null()},
    },
}

WARNINGS: dict[str, _Rules] = {
    "nominees": {
        "birth_date": {
            "nominee.birth_year_differs": _identity_year == _col("birth_date").dt.year(),
            "nominee.age_unusual": _age.is_between(UNUSUAL_BELOW, UNUSUAL_ABOVE),
        },
        "sex": {"nominee.sex_differs": (_sex_digit % 2 == 1) == (_col("sex") == "female")},
        "on": {"date.before_period": _col("on") >= _col("period_first")},
    },
    "steps": {
        "on": {"date.before_period": _col("on") >= _col("period_first")},
        "step": {"step.without_predecessor": _col("has_predecessor")},
        "votes_for": {
            "votes.below_half": ~_col("step").is_in(["voted", "nominated"]) | (2 * _col("votes_for") > _col("total"))
        },
    },
    "activities": {"on": {"date.before_period": _col("on") >= _col("period_first")}},
}


@cache
def schema(sheet: Sheet, severity: Severity) -> pa.DataFrameSchema:
    """The pandera schema of a sheet's errors, or of its warnings."""
    own, of_kind = (ERRORS, _errors_of_kind) if severity == "error" else (WARNINGS, _warnings_of_kind)
    columns = {}
    for column in sheet.columns:
        rules = own.get(sheet.key, {}).get(column.key, {}) | of_kind(column)
        columns[column.key] = pa.Column(nullable=True, checks=[_check(code, held) for code, held in rules.items()])
    return pa.DataFrameSchema(columns)


def _errors_of_kind(column: Column) -> dict[str, pl.Expr]:
    missing = _col(raw(column.key)).is_null()
    read = day(column.key) if column.kind == "date" else _col(column.key)
    rules = {_UNREADABLE[column.kind]: read.is_not_null() | missing}
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
