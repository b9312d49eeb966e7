"""What `--as-of` may say: a position of the log, or a day or time, which stands for the last position until then."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from events.errors import UsageError

if TYPE_CHECKING:
    from flows.context import Context

AsKnown = int | date | datetime


def read_moment(written: str) -> AsKnown:
    """A position (11489), a day (2026-03-31, 31/03/2026) or a time (2026-03-31T17:00). UsageError `unknown_moment`."""
    if written.isdecimal():
        return int(written)
    try:
        if "/" in written:
            return datetime.strptime(written, "%d/%m/%Y").date()
        return date.fromisoformat(written) if len(written) == len("2026-03-31") else datetime.fromisoformat(written)
    except ValueError:
        raise UsageError("unknown_moment", written=written) from None


def position_at(context: "Context", moment: AsKnown | None) -> int | None:
    """The last position recorded up to a moment; a position stays what it is, and None is None.

    A day counts to its end, a time without a zone is in the zone of the office's clock. Raises UsageError
    `nothing_known` if nothing had been recorded, `unknown_position` for a position that the warehouse has not reached.
    """
    if moment is None:
        return None
    if isinstance(moment, int):
        from warehouse.projections import project

        reached = project.project(context.engine)
        if not 0 < moment <= reached:
            raise UsageError("unknown_position", position=moment, last=reached)
        return moment
    from sqlalchemy import text

    from flows.calendar import zone

    if isinstance(moment, datetime):
        until = moment if moment.tzinfo else moment.replace(tzinfo=zone(context))
    else:
        until = datetime.combine(moment + timedelta(days=1), time(), zone(context)) - timedelta(microseconds=1)
    with context.engine.connect() as connection:
        # The log's times never run backwards: positions are in their order.
        found = connection.execute(
            text("select position from events.event where recorded_at <= :until order by position desc limit 1"),
            {"until": until},
        ).scalar()
    if found is None:
        raise UsageError("nothing_known", moment=moment)
    return int(found)
