"""Positions of the log about which somebody decided, on the record, that what cannot be read there is passed over."""

from sqlalchemy import Connection

_QUARANTINED = """
select distinct position
from (
    select substring(body::text from '"data":{"position":([1-9][0-9]{0,8}),"reason"')::bigint as position
    from events.event
    where type = 'PositionQuarantined'
) q
where position is not null
"""
"""Cut from the text: what is itself malformed says nothing, and stops nobody."""


def quarantined(connection: Connection) -> frozenset[int]:
    """All of them. Passing over one that can be read is up to nobody: a reader asks only where it stumbled."""
    return frozenset(connection.exec_driver_sql(_QUARANTINED).scalars())
