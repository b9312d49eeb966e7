"""The pipeline: from a folder of workbooks to the reports of a period.

The steps are plain functions of other modules; here is their order, and what Prefect keeps of them: paths of folders,
codes, positions and counts. `flows.orchestration.prefect_home.start` comes before this is imported.
"""

import time
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from prefect import runtime
from prefect.artifacts import create_table_artifact

from events.errors import NguonError
from flows import closing, documents, inbox, quality, validation, yearly_list
from flows.calendar import today
from flows.intake import Incoming
from flows.orchestration import overdue, schedule
from flows.orchestration.conduct import conducted, context, step
from flows.progress import tell
from reports.render import Format
from schemas.periods import ended, parse
from warehouse.projections import project as projection

# The flows: what happens when.


@conducted
def submissions(folder: str, quiet: int = 0) -> Mapping[str, int]:
    """Take in and decide the workbooks of a folder; counts of files and verdicts, and the position reached.

    Files changed in the last `quiet` seconds are left for the next time.
    """
    found = inbox.search(Path(folder), today(context().settings), time.time() - quiet)
    taken = inbox.Taken(refused=len(found.others))
    for batch in inbox.batches(found.workbooks):
        taken = taken.plus(take_in(batch))
        tell("take_in", sum(taken))
    verdicts = validate()
    return _summary("submissions", {**taken._asdict(), **verdicts, "position": project()})


@conducted
def period_end(period: str, unit: str | None = None) -> Mapping[str, int]:
    """Check a period's data and compile its reports: for a unit (its code) and those under it, or the whole tree.

    The documents of that unit's report are written below `<home>/reports/<period>/`. Counts, and the position that
    the reports show. Raises UsageError `no_units`, `unknown_unit`; RefusedError `quality_failed`.
    """
    root = find_root(period, unit)
    position, reports = close_period(period, root, require_quality(period))
    written = [render.submit(root, period, format) for format in documents.FORMATS]
    for done, document in enumerate(written, start=1):
        document.result()
        tell("render", done, len(written))
    return _summary("period-end", {"reports": reports, "documents": len(written), "position": position})


@conducted
def period_ended(kind: schedule.Kind) -> Mapping[str, int]:
    """Compile the period of a kind that ended before the day for which this run was scheduled.

    Where a form about it is due on that day or later, nothing is compiled yet: `reconcile` does it when it is.
    """
    day = _scheduled_day()
    period = ended(kind, day)
    if not schedule.due(period, day):
        return _summary("period-end", {"reports": 0, "documents": 0})
    return period_end(period.code)


@conducted
def yearly() -> Mapping[str, int]:
    """The list for 3 February: last year's reports, then the list of those handed to Party committees."""
    year = schedule.last_year(_scheduled_day()).code
    return _summary("yearly-list", {**period_end(year), "people": list_people(year)})


@conducted
def reconcile() -> Mapping[str, int]:
    """Compile every period that ended, was due and was never closed; one that is refused does not stop the others."""
    missed = find_overdue(_scheduled_day())
    failures: list[NguonError] = []
    for period in missed:
        try:
            period_end(period)
        except NguonError as failure:
            failures.append(failure)
    counts = _summary("reconcile", {"missed": len(missed), "compiled": len(missed) - len(failures)})
    if failures:
        raise failures[0]
    return counts


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
def find_root(period: str, unit: str | None) -> str:
    """The id of the unit to report on: the one that bears the code on the period's last day, or the tree's top."""
    return closing.find_root(context(), parse(period), unit)


@step
def require_quality(period: str) -> int:
    """The position whose data passed its checks; stops here when an error-level expectation is not met."""
    return quality.require_quality(quality.check_quality(context(), parse(period)))


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
def list_people(year: str) -> int:
    """Write the list with names, which only its owner may read; how many are on it."""
    return yearly_list.write_yearly_list(context(), parse(year))[1]


@step
def find_overdue(on: date) -> list[str]:
    """The codes of the periods that should have been compiled before a day."""
    return [period.code for period in overdue.overdue(context(), on)]


def _scheduled_day() -> date:
    """The day for which this run was scheduled, however late it runs."""
    scheduled: datetime = runtime.flow_run.scheduled_start_time
    return scheduled.astimezone(ZoneInfo(context().settings.timezone)).date()


def _summary(key: str, counts: Mapping[str, int]) -> Mapping[str, int]:
    """Keep the counts as an artifact of the run, too."""
    create_table_artifact([dict(counts)], key=key)
    return counts
