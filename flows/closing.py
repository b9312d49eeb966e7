"""Closing a period: every unit's report compiled as known at one log position, kept, and recorded."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from sqlalchemy import Connection

from events import log
from events.errors import UsageError
from events.log.recorded import NewEvent
from events.types.reports import PeriodClosed, ReportCompiled
from flows.context import Context, alone
from reports.content.before import Issued
from reports.content.compiling import Compilation, Content, compile_period, encode
from schemas.periods import Period
from warehouse import hierarchy, issued, program
from warehouse.closings import last_closing
from warehouse.digest import whole
from warehouse.facts.bearing import bearing
from warehouse.projections import project
from warehouse.rebuild import LIVE

_BATCH = 200
"""Contents in memory at a time."""


def find_units(context: Context, period: Period, code: str | None = None) -> list[str]:
    """The id of the unit that bears a code on the period's last day, or of every root on it.

    Raises UsageError `unknown_unit`, `no_units`.
    """
    position = project.project(context.engine)
    with context.engine.connect() as connection:
        if code is not None:
            return [hierarchy.unit_by_code(connection, code, period.last, position)]
        units = hierarchy.roots(connection, period.last, position)
    if not units:
        raise UsageError("no_units", on=period.last)
    return units


def close(
    context: Context,
    period: Period,
    root: str,
    position: int,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> PeriodClosed:
    """Compile and record the reports of `root` (a unit's id) and of every unit under it, as known at a position.

    The position is one whose data passed its checks (`flows.quality.require_quality`). All or nothing, in one
    transaction. Closing again with the same version of the code, where nothing has been recorded since that bears on
    a figure, gives the same answer and records nothing. Raises UsageError `unit_not_in_tree`.
    """
    with context.engine.connect() as connection, alone(connection, f"close {period.code}"), connection.begin():
        project.project(context.engine)  # a closing before this one may have ended before it was projected
        if (before := _unchanged(connection, period, root, position)) is not None:
            return before
        top = hierarchy.root_of(connection, root, period.last, position)
        compilation = compile_period(connection, period, position, root=top)
        units = compilation.units_under(root)
        closed = PeriodClosed(root, period.code, position, len(units), whole(connection, LIVE, position))
        streams = [f"report-{unit}-{period.code}" for unit in units]
        versions = log.stream_versions(connection, [*streams, f"closing-{root}-{period.code}"])

        def events() -> Iterator[NewEvent]:
            for done, report in enumerate(_keep(connection, compilation, units), start=1):
                stream = f"report-{report.unit}-{period.code}"
                yield NewEvent(stream, versions.get(stream, 0) + 1, report)
                progress(done, len(units))
            stream = f"closing-{root}-{period.code}"
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
                compilation.tree_on,
                digest,
                content["code_version"],
            )


def _unchanged(connection: Connection, period: Period, root: str, position: int) -> PeriodClosed | None:
    """The last closing, if the same code made it and since then nothing was recorded that bears on a figure."""
    last = last_closing(connection, root, period.code)
    if last is None or last.code_version != program.code_version() or bearing(connection, last.as_of, position):
        return None
    return PeriodClosed(root, period.code, last.as_of, last.reports, last.digest)
