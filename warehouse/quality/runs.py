"""The runs of the quality checks that are on record."""

from typing import NamedTuple

from sqlalchemy import Connection, text


class Run(NamedTuple):
    """A run of the checks: the position as of which the data was checked, and whether it passed."""

    as_of: int
    passed: bool


def last_run(connection: Connection, period: str) -> Run | None:
    """The last run on a period."""
    row = connection.execute(
        text("select as_of, passed from quality where period = :period order by position desc limit 1"),
        {"period": period},
    ).one_or_none()
    return None if row is None else Run(*row)
