"""Closing a period: every unit's report compiled as known at one log position, kept, and recorded."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from psycopg2.extras import execute_values
from sqlalchemy import Connection, text

from events import log
from events.database import cursor_of
from events.log.recorded import NewEvent
from events.types.reports import PeriodClosed, ReportCompiled
from flows.context import Context, alone
from flows.quality import checked_position
from reports.content.compiling import Compilation, Content, Issued, compile_period, encode
from schemas.periods import Period
from warehouse import hierarchy
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
        issued = _issued(connection, compilation.period, batch)
        contents: list[tuple[str, Content]] = [
            (unit, compilation.content(unit, "official", issued.get(unit))) for unit in batch
        ]
        encoded = [(unit, content, *encode(content)) for unit, content in contents]
        with cursor_of(connection) as cursor:
            execute_values(
                cursor,
                "insert into issued.content (content_hash, content) values %s on conflict do nothing",
                [(digest, written) for _, _, written, digest in encoded],
            )
        for unit, content, _, digest in encoded:
            yield ReportCompiled(
                unit,
                compilation.period.code,
                compilation.position,
                compilation.period.last,
                digest,
                content["code_version"],
            )


def _issued(connection: Connection, period: Period, units: Sequence[str]) -> dict[str, Issued]:
    """What was issued last on the period, of those units for which anything was."""
    rows = connection.execute(
        text(
            "select distinct on (unit) unit::text, content from report join issued.content using (content_hash)"
            " where period = :period and unit = any(cast(:units as uuid[])) order by unit, position desc"
        ),
        {"period": period.code, "units": list(units)},
    )
    return {row.unit: Issued.read(bytes(row.content)) for row in rows}


def _unchanged(connection: Connection, period: Period, top: str, reached: int) -> PeriodClosed | None:
    """The last closing, if since then nothing was recorded that bears on a figure."""
    row = connection.execute(
        text(
            "select as_of, reports, position from closing where unit = :unit and period = :period"
            " order by position desc limit 1"
        ),
        {"unit": top, "period": period.code},
    ).one_or_none()
    if row is None:
        return None
    changed = bearing(connection, row.as_of, reached)
    return None if changed else PeriodClosed(top, period.code, row.as_of, row.reports)
