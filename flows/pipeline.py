"""The pipeline: from a folder of workbooks to the reports of a period.

The steps are plain functions of other modules; here is their order, and what Prefect keeps of them: paths of folders,
codes, positions and counts. `flows.orchestration.prefect_home.start` comes before this is imported.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path

from prefect import runtime
from prefect.artifacts import create_table_artifact

from events.errors import NguonError
from flows import closing, documents, inbox, quality, validation, yearly_list
from flows.calendar import today, zone
from flows.intake import Incoming
from flows.orchestration import alarm, overdue, schedule, signing_off
from flows.orchestration.conduct import conducted, context, step
from flows.progress import tell
from reports.render import Format
from schemas.periods import ended, parse
from warehouse.projections import project as projection
from warehouse.quality.check import QualityResult

Counts = Mapping[str, int]

# The flows: what happens when.


@conducted
def submissions(folder: str, quiet: int = 0) -> Mapping[str, int]:
    """Take in and decide the workbooks of a folder; counts of files and verdicts, and the position reached.

    Files changed in the last `quiet` seconds are left for the next time.
    """
    found = inbox.search(Path(folder), today(context()), time.time() - quiet)
    taken = inbox.Taken(refused=len(found.others))
    for batch in inbox.batches(found.workbooks):
        taken = taken.plus(take_in(batch))
        tell("take_in", sum(taken))
    verdicts = validate()
    sign()
    return _summary("submissions", {**taken._asdict(), **verdicts, "position": project()})


@conducted
def period_end(period: str, unit: str | None = None) -> Mapping[str, int]:
    """Check a period's data and compile its reports: for a unit (its code) and those under it, or for every root.

    The documents of the report of each are written below `<home>/reports/<period>/`. Counts, and the position that the
    reports show. One root whose data is refused does not stop another. Raises UsageError `no_units`, `unknown_unit`;
    RefusedError `quality_failed`.
    """
    return _summary("period-end", _compile(period, find_units(period, unit)))


def _compile(period: str, units: list[str]) -> Counts:
    """The reports of some units and of those under them: all data is checked once, each is compiled by itself."""
    outcomes = check(period, units)
    try:
        return _each(partial(_close, period, *outcome) for outcome in outcomes.items())
    finally:
        sign()


def _close(period: str, unit: str, outcome: QualityResult) -> Counts:
    position, reports = close_period(period, unit, quality.require_quality(outcome))
    written = [render.submit(unit, period, format) for format in documents.FORMATS]
    for done, document in enumerate(written, start=1):
        document.result()
        tell("render", done, len(written))
    return {"reports": reports, "documents": len(written), "position": position}


@conducted
def period_ended(kind: schedule.Kind) -> Mapping[str, int]:
    """Compile the period of a kind that ended before the day for which this run was scheduled.

    For every root for which it is complete; where a form is due on that day or later, `reconcile` does it when it is.
    Raises UsageError `no_units`.
    """
    period = ended(kind, day := _scheduled_day())
    complete = find_complete(period.code, day)
    units = [unit for unit in find_units(period.code, None) if unit in complete]
    return _summary("period-end", _compile(period.code, units) if units else {"reports": 0, "documents": 0})


@conducted
def yearly() -> Mapping[str, int]:
    """The list for 3 February of those handed to Party committees last year, and last year's reports.

    The list waits for nobody's data.
    """
    year = schedule.last_year(_scheduled_day()).code
    people = list_people(year)
    return _summary("yearly-list", {**period_end(year), "people": people})


@conducted
def reconcile() -> Mapping[str, int]:
    """Compile every period that ended, was due and was never closed; one that is refused does not stop the others."""
    missed = find_overdue(_scheduled_day())
    _each(partial(_compile, period, units) for period, units in missed.items())
    sign()
    of_all = sum(map(len, missed.values()))
    return _summary("reconcile", {"missed": of_all, "compiled": of_all})


# The steps: each can be done again without harm.


@step
def take_in(files: list[Incoming]) -> inbox.Taken:
    """Record a batch of files."""
    return inbox.take_in(context(), files)


@step
def validate() -> Mapping[str, int]:
    """Decide every submission that is pending."""
    counts = {"valid": 0, "invalid": 0}

    def count(verdicts: list[validation.Verdict]) -> None:
        for verdict in verdicts:
            counts["valid" if verdict.valid else "invalid"] += 1
        tell("validate", sum(counts.values()))

    validation.validate_pending(context(), count)
    return counts


@step
def project() -> int:
    """Bring the warehouse up to the log; the position reached."""
    return projection.project(context().engine)


@step
def find_units(period: str, unit: str | None) -> list[str]:
    """The ids of the units to report on: the one that bears the code on the period's last day, or every root."""
    return closing.find_units(context(), parse(period), unit)


@step
def check(period: str, units: list[str]) -> dict[str, QualityResult]:
    """What the checks say of the data of each unit."""
    return quality.checked(context(), parse(period), units)


@step
def close_period(period: str, root: str, position: int) -> tuple[int, int]:
    """Compile and record the reports of a unit and those under it; the position they show, and their number."""
    closed = closing.close(context(), parse(period), root, position, lambda done, of: tell("close", done, of))
    return closed.position, closed.reports


@step
def render(unit: str, period: str, format: Format) -> None:
    """Write the document of an issued report."""
    documents.write_document(context(), unit, period, format)


@step
def sign() -> int:
    """Sign what is recorded, publish it and have it cosigned; the size that is signed.

    Raises an alarm when something has been unsigned for longer than the policy allows.
    """
    return signing_off.sign_off(context())


@step
def list_people(year: str) -> int:
    """Write the list with names, which only its owner may read; how many are on it."""
    return yearly_list.write_yearly_list(context(), parse(year))[1]


@step
def find_overdue(on: date) -> dict[str, list[str]]:
    """The codes of the periods that should have been compiled before a day, each with the ids of the roots."""
    found: dict[str, list[str]] = {}
    for period, root in overdue.overdue(context(), on):
        found.setdefault(period.code, []).append(root.unit)
    return found


@step
def find_complete(period: str, on: date) -> list[str]:
    """The ids of the roots for which a period was complete before a day."""
    position = projection.project(context().engine)
    with context().engine.connect() as connection:
        return [root.unit for root in overdue.complete(connection, parse(period), on, position)]


def _each(jobs: Iterable[Callable[[], Counts]]) -> Counts:
    """What the jobs count, added up, and the last position; one that fails does not stop the others.

    Raises the first failure, once all had their turn; of the others is told at once.
    """
    counts, position = Counter({"reports": 0, "documents": 0}), 0
    failures: list[NguonError] = []
    for job in jobs:
        try:
            found = dict(job())
        except NguonError as failure:
            if failures:
                alarm.tell_failure(context().settings, runtime.flow_run.flow_name, failure)
            failures.append(failure)
        else:
            position = max(position, found.pop("position", 0))
            counts.update(found)
    if failures:
        raise failures[0]
    return {**counts, **({"position": position} if position else {})}


def _scheduled_day() -> date:
    """The day for which this run was scheduled, however late it runs."""
    scheduled: datetime = runtime.flow_run.scheduled_start_time
    return scheduled.astimezone(zone(context())).date()


def _summary(key: str, counts: Mapping[str, int]) -> Mapping[str, int]:
    """Keep the counts as an artifact of the run, too."""
    create_table_artifact([dict(counts)], key=key)
    return counts
