"""Every figure equals a recount from the events, and every unit equals the sum of what is under it."""

import itertools
import random
from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from events.errors import UsageError
from events.recorded import NewEvent
from events.types.nominations import FactRetracted, NomineeIdentified, Step
from events.types.returns import MembershipCounted, TargetSet
from reports.content import COLUMNS, compile_period
from schemas.indicators import BREAKDOWNS, COUNTS
from schemas.periods import parse
from schemas.steps import STEPS
from tests.warehouse.province import establish, nominee, record, step, submission, unit_id
from warehouse.expand import expand, parts
from warehouse.rollup import roll_up

CODE_OF = {step.event: code for code, step in STEPS.items()}
RUN = itertools.count(1)
"""Every run in the one database has a province of its own."""

PERIODS = ["2025Q1", "2025Q2", "2025H1", "2025", "2020-2025", "2025-02-10..2025-05-05"]


def random_history(rng: random.Random, tag: str) -> tuple[list[NewEvent], dict[str, list[str]]]:
    """A random tree with random nominations, corrections and retractions; and each unit's path of codes."""
    root = f"P{tag}"
    paths = {root: [root]}
    events = [establish(root, None, 1)]
    for i in range(rng.randint(1, 12)):
        above = rng.choice([code for code, path in paths.items() if len(path) < 4])
        code = f"{tag}-{i}"
        paths[code] = [*paths[above], code]
        events.append(establish(code, above, len(paths[code])))
    first = date(2024, 12, 1)
    for _ in range(rng.randint(0, 15)):
        unit = rng.choice(list(paths))
        day = first + timedelta(days=rng.randrange(260))
        group = rng.choice(["resident", "militia", "health"])
        person = nominee(unit, day, rng.choice(["female", "male"]), rng.random() < 0.3, group)
        events.append(person)
        version = 1
        for code in ("voted", "nominated", "admitted"):
            if rng.random() < 0.6:
                version += 1
                day += timedelta(days=rng.randrange(40))
                events.append(step(person, version, code, day))
                if rng.random() < 0.3:  # corrected
                    version += 1
                    events.append(step(person, version, code, day + timedelta(days=30), supersedes=version - 1))
                if rng.random() < 0.2:  # retracted
                    version += 1
                    events.append(NewEvent(person.stream, version, FactRetracted(), supersedes=version - 1))
    for code in paths:
        if len(paths[code]) == 4 and rng.random() < 0.7:
            unit = unit_id(code)
            for quarter, version in (("2025Q1", 1), ("2025Q2", 1)):
                payload = MembershipCounted(unit, quarter, "members", rng.randint(3, 40))
                events.append(NewEvent(f"return-{unit}-{quarter}", version, payload))
            events.append(NewEvent(f"plan-{unit}-2025", 1, TargetSet(unit, 2025, "admitted", rng.randint(0, 5))))
            events += submission(code, "2025Q1", date(2025, 3, rng.randint(10, 28)), accepted=rng.random() < 0.8)
    return events, paths


def recount(events: list[NewEvent], paths: dict[str, list[str]], period_code: str) -> dict[str, dict[str, int]]:
    """The plain model: walk the events, drop what was superseded, count into every unit of the path."""
    period = parse(period_code)
    gone = {(event.stream, event.supersedes) for event in events if event.supersedes}
    people = {
        event.payload.subject: event.payload
        for event in events
        if isinstance(event.payload, NomineeIdentified) and (event.stream, event.version) not in gone
    }
    ids = {unit_id(code): code for code in paths}
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))

    def count(unit: str, figure: str, value: int = 1) -> None:
        for code in paths[ids[unit]]:
            found[unit_id(code)][figure] += value

    stocks: dict[str, MembershipCounted] = {}
    for event in events:
        if (event.stream, event.version) in gone:
            continue
        fact = event.payload
        if isinstance(fact, NomineeIdentified | Step) and period.first <= fact.on <= period.last:
            code = CODE_OF[type(fact).__name__]
            person = people[fact.subject]
            count(fact.unit, code)
            count(fact.unit, f"{code}.sex.{person.sex}")
            count(fact.unit, f"{code}.source_group.{person.source_group}")
            if person.ethnic_minority:
                count(fact.unit, f"{code}.minority.yes")
        if isinstance(fact, MembershipCounted) and parse(fact.period).last <= period.last:
            stocks[fact.unit] = max(stocks.get(fact.unit, fact), fact, key=lambda f: f.period)
        if isinstance(fact, TargetSet) and fact.year == period.last.year:
            count(fact.unit, f"target.{fact.target}", fact.value)
    for unit, fact in stocks.items():
        count(unit, "members", fact.value)
    return found


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_every_figure_equals_a_recount_and_the_sum_over_the_children(fresh_database: Engine, seed: int) -> None:
    rng = random.Random(seed)
    events, paths = random_history(rng, f"{next(RUN)}R")
    position = record(fresh_database, events)
    counted = [count.code for count in COUNTS]
    figures = ["members", "target.admitted", *counted]
    figures += [f"{c}.{b.code}.{term}" for c in counted for b in BREAKDOWNS for term in b.terms]
    for code in PERIODS:
        period = parse(code)
        with fresh_database.connect() as connection:
            tree, values = roll_up(connection, period, position)
        expected = recount(events, paths, code)
        ours = {unit_id(unit) for unit in paths}
        for unit in (u for u in tree if u.unit in ours):
            got = {figure: values[unit.unit].get(figure, 0) for figure in figures}
            assert got == {figure: expected[unit.unit].get(figure, 0) for figure in figures}, (code, unit.code)
            children = [u.unit for u in tree if u.parent == unit.unit]
            reported = [event for event in events if getattr(event.payload, "unit", unit.unit) == unit.unit]
            own = recount(reported, paths, code)
            for figure in figures:
                below = sum(values[child].get(figure, 0) for child in children)
                assert got[figure] == below + own[unit.unit].get(figure, 0)


@pytest.fixture
def told(fresh_database: Engine) -> tuple[Engine, int, str]:
    events, paths = random_history(random.Random(7), "7")
    return fresh_database, record(fresh_database, events), unit_id(next(iter(paths)))


def test_every_column_of_a_report_expands_to_facts_that_add_up_to_it(told: tuple[Engine, int, str]) -> None:
    engine, position, root = told
    period = parse("2025H1")
    with engine.connect() as connection:
        figures = roll_up(connection, period, position)
        assert sum(figures.values[root].values()) > 20
        for column in COLUMNS:
            for code in parts(column["code"]):
                facts = expand(connection, root, period, code, position)
                assert sum(fact.value for fact in facts) == figures.values[root].get(code, 0), code


@pytest.mark.parametrize("figure", ["nothing", "voted.age.18", "voted.sex.other", "identified.sex", ""])
def test_an_unknown_figure_is_refused(told: tuple[Engine, int, str], figure: str) -> None:
    with pytest.raises(UsageError, match="unknown_figure"):
        parts(figure)


def test_an_earlier_position_gives_the_earlier_figures_again(told: tuple[Engine, int, str]) -> None:
    engine, position, root = told
    period = parse("2025H1")
    with engine.connect() as connection:
        before = compile_period(connection, period, position).content(root, "official")
    person = nominee("P7", date(2025, 2, 1))
    late = record(engine, [person, step(person, 2, "voted", date(2025, 2, 3))])
    with engine.connect() as connection:
        again = compile_period(connection, period, position).content(root, "official")
        now = compile_period(connection, period, late).content(root, "official")
    assert again == before
    column = next(i for i, c in enumerate(COLUMNS) if c["code"] == "voted")
    assert now["rows"][0]["values"][column] == before["rows"][0]["values"][column] + 1
