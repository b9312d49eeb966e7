"""One person after the other erased from among many, by the program's own way."""

from statistics import median
from time import perf_counter

from sqlalchemy import text

from benchmarks.kit import returns
from benchmarks.kit.bench import Bench
from benchmarks.kit.homes import home
from flows.erasure import erase
from warehouse.projections.project import project

ERASED = 5
"""People erased, one by one; the median is told, after a first one that warms up."""


def seconds_to_erase(bench: Bench, people: int) -> float:
    """The time that erasing one of so many people takes."""
    with bench.database() as engine, home(engine) as context:
        returns.fill(engine, context.keystore, people * returns.EVENTS // 2, bench.heard)
        project(engine)
        with engine.connect() as connection:
            subjects = (
                connection.execute(
                    text("select subject::text from vault.subject order by subject limit :count"), {"count": ERASED + 1}
                )
                .scalars()
                .all()
            )
        taken = []
        for subject in subjects:
            bench.heard("erasing")
            start = perf_counter()
            erase(context, subject, "request_of_the_person")
            taken.append(perf_counter() - start)
        context.engine.dispose()
    return median(taken[1:])
