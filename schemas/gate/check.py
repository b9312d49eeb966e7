"""The gate: many workbooks checked together, one pass a sheet, every finding with its cell."""

from collections.abc import Mapping

import pandera.errors
import polars as pl

from schemas.findings import Finding, Severity
from schemas.forms.form import Form, Sheet
from schemas.gate import context, frames, rules
from schemas.gate.context import Known
from schemas.gate.workbook import Workbook
from schemas.periods import Period


def stack(form: Form, workbooks: Mapping[str, Workbook]) -> dict[str, pl.DataFrame]:
    """All rows of all workbooks, a frame a sheet (see `schemas.gate.frames`)."""
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
    found = []
    for sheet in form.sheets:
        frame = judged[sheet.key]
        wrong, errors = _findings(sheet, frame, "error")
        # What is wrong in a row makes it doubtful in other ways too; that would only hide the fault.
        _, warnings = _findings(sheet, frame.filter(~wrong), "warning")
        found += errors + warnings
    return found


def _findings(sheet: Sheet, frame: pl.DataFrame, severity: Severity) -> tuple[pl.Series, list[Finding]]:
    """Which rows of the frame have findings (a mask), and these."""
    hit = [False] * frame.height
    findings = []
    try:
        if not frame.is_empty():
            rules.schema(sheet, severity).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as failed:
        # Only the place is taken from a failure: the value stays out of everything that is kept or printed.
        places = failed.failure_cases.select("index", "column", "check").unique().sort("index", "column", "check")
        submissions, numbers = frame["submission"], frame["sheet_row"]
        for index, column, code in places.iter_rows():
            hit[index] = True
            findings.append(Finding(submissions[index], code, sheet.key, sheet.cell(column, numbers[index]), column))
    return pl.Series(hit, dtype=pl.Boolean), findings
