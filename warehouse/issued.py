"""The contents of issued reports, kept byte for byte: what was issued never changes."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from psycopg2.extras import execute_values
from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, Text, text

from events.database import cursor_of

metadata = MetaData(schema="issued")

content = Table(
    "content",
    metadata,
    Column("content_hash", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    comment="One row per report content, by its SHA-256; canonical JSON without personal data.",
)


def keep(connection: Connection, contents: Iterable[tuple[str, bytes]]) -> None:
    """Keep contents, each with its SHA-256 in hexadecimal; one that is kept already stays."""
    with cursor_of(connection) as cursor:
        execute_values(
            cursor, "insert into issued.content (content_hash, content) values %s on conflict do nothing", contents
        )


def newest(connection: Connection, unit: str, period: str, as_of: int | None = None) -> bytes | None:
    """The content of the last report issued for a unit and a period, or of the one issued from position `as_of`."""
    kept = connection.execute(
        text(
            "select content from report join issued.content using (content_hash)"
            " where unit = :unit and period = :period and as_of = coalesce(:as_of, as_of)"
            " order by position desc limit 1"
        ),
        {"unit": unit, "period": period, "as_of": as_of},
    ).scalar()
    return None if kept is None else bytes(kept)


class Issue(NamedTuple):
    """A report that was issued: the position that it shows, and when it was compiled."""

    position: int
    compiled_at: datetime


def last_issue(connection: Connection, unit: str, period: str) -> Issue | None:
    """The last report issued for a unit and a period."""
    row = connection.execute(
        text(
            "select as_of, compiled_at from report where unit = :unit and period = :period"
            " order by position desc limit 1"
        ),
        {"unit": unit, "period": period},
    ).one_or_none()
    return None if row is None else Issue(*row)


def newest_of(connection: Connection, units: Collection[str], period: str) -> dict[str, bytes]:
    """The content of the last report on a period, by unit; those without one are left out."""
    rows = connection.execute(
        text(
            "select distinct on (unit) unit::text, content from report join issued.content using (content_hash)"
            " where period = :period and unit = any(cast(:units as uuid[])) order by unit, position desc"
        ),
        {"period": period, "units": list(units)},
    )
    return {row.unit: bytes(row.content) for row in rows}
