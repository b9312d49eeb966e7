"""The country that benchmarks are run on: the same for the same seed, a log that verifies, a warehouse that adds up."""

import hashlib
from collections import Counter

import pytest
from sqlalchemy import Engine, text

from benchmarks.country import events as country
from benchmarks.country.fill import fill
from benchmarks.country.units import BRANCHES
from events import checks, log
from events.checks.log import open_bodies, stored_leaves, verify_columns
from events.checks.merkle_tree import Tree
from events.log.recorded import unstamped
from events.proof import merkle_tree
from schemas.periods import parse
from tests.actors import TESTER
from warehouse.facts.rollup import roll_up
from warehouse.projections.project import project

SCALE = 0.0005


def written(seed: int) -> str:
    told = hashlib.sha256()
    for batch in country.events(SCALE, seed):
        for event in batch:
            told.update(unstamped(event, TESTER))
    return told.hexdigest()


def test_the_same_seed_tells_the_same_country_and_another_another() -> None:
    assert written(1) == written(1)
    assert written(1) != written(2)


def test_the_country_has_the_size_that_it_is_asked_for() -> None:
    counted = Counter(type(event.payload).__name__ for batch in country.events(SCALE) for event in batch)
    assert counted["UnitEstablished"] == 34 + 34 + round(BRANCHES * SCALE)
    assert counted.total() == pytest.approx(10_000_000 * SCALE, rel=0.15)
    assert counted["SubmissionReceived"] == counted["SubmissionFoundValid"] + counted["SubmissionFoundInvalid"]


@pytest.fixture(scope="module")
def filled(module_database: Engine) -> Engine:
    fill(module_database, SCALE)
    project(module_database)
    return module_database


def test_its_log_verifies(filled: Engine) -> None:
    with filled.begin() as connection:
        merkle_tree.grow(connection)
        head, _ = log.head(connection)
        faults = list(checks.run(connection, checks.HEAD))
        tree = Tree(connection, head)
        faults += tree.verify(stored_leaves(connection))
        faults += open_bodies(connection, 0, head)
        faults += verify_columns(connection)
        faults += checks.run(connection, checks.LAWS[0])
    assert tree.size == head and faults == []


def test_every_table_of_the_warehouse_has_rows_and_no_fact_is_lost(filled: Engine) -> None:
    counted = Counter(type(event.payload).__name__ for batch in country.events(SCALE) for event in batch)
    with filled.connect() as connection:
        for table, *types in (
            ("unit_change", "UnitEstablished", "UnitRenamed", "UnitMerged", "UnitDivided", "UnitDissolved"),
            ("submission", "SubmissionReceived"),
            ("nominee", "NomineeIdentified"),
            ("membership", "MembershipCounted"),
            ("activity", "ActivityHeld"),
            ("target", "TargetSet"),
            ("report", "ReportCompiled"),
            ("closing", "PeriodClosed"),
            ("quality", "QualityChecked"),
        ):
            rows = connection.execute(text(f"select count(*) from {table}")).scalar_one()
            assert rows == sum(counted[name] for name in types) > 0


def test_its_provinces_add_up_to_its_nominees(filled: Engine) -> None:
    with filled.connect() as connection:
        figures = roll_up(connection, parse("2021-2025"), log.head(connection)[0])
        people = connection.execute(text("select count(*) from nominee")).scalar_one()
    assert len([unit for unit in figures.tree if unit.kind == "province"]) == 34
    assert sum(figures.values[unit.unit].get("identified", 0) for unit in figures.tree if unit.depth == 0) == people
