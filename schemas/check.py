"""The gate: many workbooks checked together, one pass a sheet, every finding with its cell."""

from collections.abc import Mapping

import pandera.errors
import polars as pl

from schemas import context, frames, rules
from schemas.context import Known
from schemas.findings import Finding, Severity
from schemas.form import Form, Sheet
from schemas.periods import Period
from schemas.workbook import Workbook


def stack(form: Form, workbooks: Mapping[str, Workbook]) -> dict[str, pl.DataFrame]:
    """All rows of all workbooks, a frame a sheet (see `schemas.frames`)."""
    return {sheet.key: frames.stack(sheet, workbooks) for sheet in form.sheets}


def check(
    form: Form, stacked: Mapping[str, pl.DataFrame], periods: Mapping[str, Period], known: Known
) -> list[Finding]:
    """Every finding in the stacked workbooks of one form; `periods` maps each submission to its period."""
    days = pl.DataFrame(
        [(submission, period.first, period.last) for submission, period in periods.items()],
        schema={"submission": pl.String, "period_first": pl.Date, "period_last": pl.Date},
        orient="row",
    )
    judged = context.add(stacked, days, known)
    severities: tuple[Severity, ...] = ("error", "warning")
    return [
        finding
        for sheet in form.sheets
        for severity in severities
        for finding in _findings(sheet, judged[sheet.key], severity)
    ]


def _findings(sheet: Sheet, frame: pl.DataFrame, severity: Severity) -> list[Finding]:
    if frame.is_empty():
        return []
    try:
        rules.schema(sheet, severity).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as failed:
        # Only the place is taken from a failure: the value stays out of everything that is kept or printed.
        places = failed.failure_cases.select("index", "column", "check").unique().sort("index", "column", "check")
        submissions, numbers = frame["submission"], frame["sheet_row"]
        return [
            Finding(submissions[index], code, sheet.key, sheet.cell(column, numbers[index]), column)
            for index, column, code in places.iter_rows()
        ]
    return []
