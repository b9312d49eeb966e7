"""The gate: many workbooks checked together, one pass a sheet, every finding with its cell."""

from collections.abc import Collection, Mapping

import pandera.errors
import polars as pl

from schemas.findings import Finding, Severity
from schemas.forms.form import Form, Sheet
from schemas.forms.judging import Frames
from schemas.forms.known import Known
from schemas.gate import context, frames, rules
from schemas.gate.workbook import Workbook
from schemas.policies.vocabularies import NO_TITLES


def stack(
    form: Form, workbooks: Mapping[str, Workbook], titles: Mapping[str, Mapping[str, str]] = NO_TITLES
) -> dict[str, pl.DataFrame]:
    """All rows of all workbooks, a frame a sheet (see `schemas.forms.judging.Frames`).

    `titles` are those by which offices call terms (`schemas.policies.vocabularies.titles`).
    """
    return {sheet.key: frames.stack(sheet, workbooks, titles) for sheet in form.sheets}


def check(form: Form, stacked: Frames, known: Known, early: Collection[str] = ()) -> list[Finding]:
    """Every finding in the stacked workbooks of one form; `early` are those that came before they may."""
    found = [Finding(submission, "cover.period_not_begun", "cover") for submission in early]
    found += form.judging().missed(stacked, known)
    judged = form.judging().context(context.with_context(form, stacked, known), known)
    for sheet in form.sheets:
        frame = judged[sheet.key]
        wrong, errors = _findings(form, sheet, frame, "error")
        # What is wrong in a row makes it doubtful in other ways too; that would only hide the fault.
        _, warnings = _findings(form, sheet, frame.filter(~wrong), "warning")
        found += errors + warnings
    return found


def _findings(form: Form, sheet: Sheet, frame: pl.DataFrame, severity: Severity) -> tuple[pl.Series, list[Finding]]:
    """Which rows of the frame have findings (a mask), and these."""
    hit = [False] * frame.height
    findings = []
    try:
        if not frame.is_empty():
            rules.schema(form, sheet, severity).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as failed:
        # Only the place is taken from a failure: the value stays out of everything that is kept or printed.
        places = failed.failure_cases.select("index", "column", "check").unique().sort("index", "column", "check")
        submissions, numbers = frame["submission"], frame["sheet_row"]
        for index, column, code in places.iter_rows():
            hit[index] = True
            findings.append(Finding(submissions[index], code, sheet.key, sheet.cell(column, numbers[index]), column))
    return pl.Series(hit, dtype=pl.Boolean), findings
