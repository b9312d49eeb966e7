"""A province's report, compiled from the warehouse of a whole country."""

from time import perf_counter

from sqlalchemy import Engine, text

from events import log
from reports.content.compiling import compile_period, encode
from schemas.periods import parse

YEAR = "2022"
"""A year that is long over: corrections and late returns came after it was closed."""

_CLOSED = "select min(as_of) from closing where period = :year"
_PROVINCE = "select unit::text from unit_change where kind = 'province' order by code limit 1"


def positions(engine: Engine) -> tuple[int, int]:
    """The position from which the year was first closed, and the last one."""
    with engine.connect() as connection:
        return connection.execute(text(_CLOSED), {"year": YEAR}).scalar_one(), log.head(connection)[0]


def reported(engine: Engine, position: int) -> float:
    """Seconds in which a province's report on the year is compiled as of a position."""
    with engine.connect() as connection:
        province = connection.execute(text(_PROVINCE)).scalar_one()
        start = perf_counter()
        encode(compile_period(connection, parse(YEAR), position).content(province, "official"))
        return perf_counter() - start
