"""Projecting a whole log into tables of its own, by the product and by the floor that it is held to."""

from pathlib import Path
from time import perf_counter

from sqlalchemy import Engine, text

from benchmarks.kit.bench import Bench
from events.database import engine as engine_of
from warehouse import tables
from warehouse.projections import project

EVENTS = 1_000_000

SCRATCH = "scratch"
"""The schema of the tables that a turn fills, beside the warehouse."""

_FLOOR = (Path(__file__).parent / "project_floor.sql").read_text(encoding="utf-8")


def scratch(engine: Engine) -> Engine:
    """The same database, with empty tables of the warehouse where unqualified names are looked up."""
    made = engine_of(engine.url.render_as_string(hide_password=False), SCRATCH)
    with made.begin() as connection:
        connection.execute(text(f"drop schema if exists {SCRATCH} cascade"))
        connection.execute(text(f"create schema {SCRATCH}"))
        tables.metadata.create_all(connection, checkfirst=False)
    return made


def projected(engine: Engine) -> float:
    """Seconds in which the product projects the whole log into empty tables."""
    made = scratch(engine)
    start = perf_counter()
    project.project(made)
    taken = perf_counter() - start
    made.dispose()
    return taken


def inserted(engine: Engine) -> float:
    """Seconds in which one bare INSERT … SELECT for each table does, all in one transaction."""
    made = scratch(engine)
    start = perf_counter()
    with made.begin() as connection:
        connection.exec_driver_sql(_FLOOR, {**project.STEP_PLACES, "fact_types": list(project.FACT_KEYS)})
    taken = perf_counter() - start
    made.dispose()
    return taken


def country(bench: Bench, events: int = EVENTS) -> Engine:
    """The country with about so many events, at the scale of this run."""
    return bench.country(bench.scaled(events, least=2_000))
