"""Closing a period: every unit's report compiled as known at one log position, kept, and recorded."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from sqlalchemy import Connection

from events import log
from events.log.recorded import NewEvent
from events.types.reports import PeriodClosed, ReportCompiled
from flows.context import Context, alone
from flows.quality import checked_position
from reports.content.compiling import Compilation, Content, Issued, compile_period, encode
from schemas.periods import Period
from warehouse import hierarchy, issued
from warehouse.closings import last_closing
from warehouse.facts.bearing import bearing
from warehouse.projections import project

_BATCH = 200
"""Contents in memory at a time."""


def close(
    context: Context,
    period: Period,
    root: str | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> PeriodClosed:
    """Compile and record the reports of `root` (a unit's id; the whole tree if None) and of every unit under it.

    All or nothing, in one transaction. Closing again where nothing has been recorded since that bears on it
    gives the same answer and records nothing. What is compiled is what passed the checks: raises RefusedError
    `quality_failed`.
    """
    reached = checked_position(context, period)
    with context.engine.connect() as connection, alone(connection, f"close {period.code}"), connection.begin():
        tree = hierarchy.tree(connection, period.last, reached, root)
        top = tree[0].unit
        if (before := _unchanged(connection, period, top, reached)) is not None:
            return before
        compilation = compile_period(connection, period, reached)
        closed = PeriodClosed(top, period.code, reached, len(tree))
        units = [unit.unit for unit in tree]
        streams = [f"report-{unit}-{period.code}" for unit in units]
        versions = log.stream_versions(connection, [*streams, f"closing-{top}-{period.code}"])

        def events() -> Iterator[NewEvent]:
            for done, report in enumerate(_keep(connection, compilation, units), start=1):
                stream = f"report-{report.unit}-{period.code}"
                yield NewEvent(stream, versions.get(stream, 0) + 1, report)
                progress(done, len(units))
            stream = f"closing-{top}-{period.code}"
            yield NewEvent(stream, versions.get(stream, 0) + 1, closed)

        log.append(connection, list(events()), context.actor)
    project.project(context.engine)
    return closed


def _keep(connection: Connection, compilation: Compilation, units: Sequence[str]) -> Iterator[ReportCompiled]:
    """Keep the content of each unit's report; answers with what to record of it."""
    waiting = iter(units)
    while batch := list(islice(waiting, _BATCH)):
        before = issued.newest_of(connection, batch, compilation.period.code)
        contents: list[tuple[str, Content]] = [
            (unit, compilation.content(unit, "official", Issued.read(before[unit]) if unit in before else None))
            for unit in batch
        ]
        encoded = [(unit, content, *encode(content)) for unit, content in contents]
        issued.keep(connection, [(digest, written) for _, _, written, digest in encoded])
        for unit, content, _, digest in encoded:
            yield ReportCompiled(
                unit,
                compilation.period.code,
                compilation.position,
                compilation.period.last,
                digest,
                content["code_version"],
            )


def _unchanged(connection: Connection, period: Period, top: str, reached: int) -> PeriodClosed | None:
    """The last closing, if since then nothing was recorded that bears on a figure."""
    last = last_closing(connection, top, period.code)
    if last is None or bearing(connection, last.as_of, reached):
        return None
    return PeriodClosed(top, period.code, last.as_of, last.reports)
