"""Verdicts as people and machines read them: what came of each file, and what is to be put right in it."""

from collections.abc import Sequence
from pathlib import Path

from flows.intake import NotTaken, Receipt
from flows.terminal.answer import Part, Table
from flows.terminal.wording import LANGUAGE, say
from schemas.findings import message
from schemas.forms.family import sheet_title
from schemas.messages.translation import text
from warehouse.returns.status import Decision

CELLS_SHOWN = 8

Verdict = tuple[Receipt, Decision]


def summary(verdicts: Sequence[Verdict]) -> Table:
    """A line a file."""
    valid, invalid, waiting = say("submit.valid"), say("submit.invalid"), say("submit.waiting")
    rows = [
        (
            str(receipt.path),
            decision.unit_code or "",
            decision.period or "",
            {True: valid, False: invalid, None: waiting}[decision.valid],
            str(_count(decision, "error") or ""),
            str(_count(decision, "warning") or ""),
            _remark(receipt, decision),
        )
        for receipt, decision in verdicts
    ]
    headings = [say(f"submit.{key}") for key in ("file", "unit", "period", "verdict", "errors", "warnings")]
    return Table([*headings, ""], rows, {valid: "green", invalid: "bold red", waiting: "yellow"}, numbers=(4, 5))


def _remark(receipt: Receipt, decision: Decision) -> str:
    """What the verdict does not say: whether it counts, and whether it was told before."""
    counts = decision.counting == decision.submission
    if receipt.repeated:
        if not decision.valid or counts:
            return say("submit.repeated")
        return say("submit.replaced") if decision.counting else say("submit.supplanted")
    return say("submit.awaits") if decision.valid and not counts else ""


def details(path: Path, decision: Decision) -> list[Part]:
    """What is wrong in one file: a line for each kind of problem in each sheet, with the cells that have it."""
    error, warning = say("submit.error"), say("submit.warning")
    grouped: dict[tuple[str, str, str | None], list[str]] = {}
    for problem in decision.problems:
        cells = grouped.setdefault((problem.severity, problem.code, problem.sheet), [])
        cells += [problem.cell] if problem.cell else []
    rows = [
        (
            error if severity == "error" else warning,
            _sheet(decision, sheet) or "",
            _shortened(cells),
            message(code, LANGUAGE),
            code,
        )
        for (severity, code, sheet), cells in grouped.items()
    ]
    headings = [say(f"submit.{key}") for key in ("severity", "sheet", "cells", "message", "code")]
    return [say("submit.in_file", file=path), Table(headings, rows, {error: "red", warning: "yellow"})]


def untaken(files: Sequence[NotTaken], title: str) -> list[Part]:
    """What could not be taken in, and why."""
    rows = [(str(one.path), text(f"error.{one.error.key}", LANGUAGE, **one.error.details)) for one in files]
    return [title, Table([say("submit.file"), say("submit.why")], rows)]


def told(receipt: Receipt, decision: Decision) -> dict[str, object]:
    """A verdict for machines."""
    return {
        "file": receipt.path,
        "submission": receipt.submission,
        "repeated": receipt.repeated,
        "unit": decision.unit_code,
        "period": decision.period,
        "form": decision.form,
        "received_on": decision.received_on,
        "valid": decision.valid,
        "state": decision.state,
        "counting": decision.counting,
        "findings": [
            {
                "code": problem.code,
                "severity": problem.severity,
                "sheet": _sheet(decision, problem.sheet),
                "cell": problem.cell,
                "column": problem.column,
                "message": message(problem.code, LANGUAGE),
            }
            for problem in decision.problems
        ],
    }


def _sheet(decision: Decision, key: str | None) -> str | None:
    return sheet_title(decision.form, decision.form_version, key)


def _count(decision: Decision, severity: str) -> int:
    return sum(problem.severity == severity for problem in decision.problems)


def _shortened(cells: Sequence[str]) -> str:
    more = len(cells) - CELLS_SHOWN
    return ", ".join(cells[:CELLS_SHOWN]) + (f" … (+{more})" if more > 0 else "")
