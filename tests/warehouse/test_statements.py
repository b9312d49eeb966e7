"""A fact stands while a return states it: of several statements the newest of those for the latest period counts."""

from collections import defaultdict
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from events import log
from events.ids import new_id
from events.log.recorded import Cause, NewEvent
from events.types.nominations import FactRetracted
from events.types.returns import TargetSet
from events.types.submissions import SubmissionFoundValid, SubmissionReceived
from schemas.periods import parse
from tests.actors import TESTER
from tests.thoroughness import times
from tests.warehouse.province import HASH
from warehouse.projections import project
from warehouse.rebuild import rebuild

RETURNS = ("2025Q1", "2025Q2", "2025Q3", "2025H2")
THINGS = ("nominated", "admitted")

Statement = tuple[int, int | None, date, int]
"""Position, position to which it stands, last day of its period, value."""


class World:
    """Returns that state targets of one unit, and what of it must count."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.unit = new_id()
        self.position = 0
        self.streams: dict[str, int] = defaultdict(int)
        self.current: dict[tuple[str, str], tuple[str, int, int]] = {}
        self.statements: dict[str, list[list[object]]] = defaultdict(list)
        self.submissions: dict[str, str] = {}

    def record(self, events: list[NewEvent]) -> None:
        with self.engine.begin() as connection:
            self.position = log.append(connection, events, TESTER).last

    def open(self, period: str) -> str:
        if period not in self.submissions:
            name = self.submissions[period] = new_id()
            received = SubmissionReceived(name, date(2025, 3, 1), HASH, 1, self.unit, period, "yearly-plan", 1)
            found = SubmissionFoundValid(name, self.unit, period, "yearly-plan", 1, parse(period).last, 0, HASH)
            stream = f"submission-{name}"
            self.record([NewEvent(stream, 1, received), NewEvent(stream, 2, found, cause=Cause(name))])
        return self.submissions[period]

    def say(self, period: str, thing: str, value: int | None) -> None:
        """A return states a value, another than before, or nothing any more."""
        before = self.current.get((period, thing))
        if before is None and value is None:
            return
        name = self.open(period)
        stream = f"plan-{self.unit}-2025"
        self.streams[stream] += 1
        version = self.streams[stream]
        payload = FactRetracted() if value is None else TargetSet(self.unit, 2025, thing, value)
        self.record([NewEvent(stream, version, payload, Cause(name, "targets", 4), before and before[1])])
        if before:
            next(s for s in self.statements[thing] if s[0] == before[2])[1] = self.position
        if value is None:
            del self.current[period, thing]
        else:
            self.current[period, thing] = (thing, version, self.position)
            self.statements[thing].append([self.position, None, parse(period).last, value])

    def expected(self, position: int) -> dict[str, int]:
        found = {}
        for thing, statements in self.statements.items():
            standing = [
                (last, since, value)
                for since, until, last, value in statements
                if since <= position and (until is None or until > position)  # type: ignore[operator]
            ]
            if standing:
                found[thing] = max(standing)[2]  # type: ignore[type-var]
        return found  # type: ignore[return-value]

    def counted(self, position: int) -> dict[str, int]:
        with self.engine.connect() as connection:
            rows = connection.execute(
                text(
                    "select target, value from target where unit = :unit and position <= :p"
                    " and coalesce(position_to > :p, true)"
                ),
                {"p": position, "unit": self.unit},
            ).all()
        assert len({row.target for row in rows}) == len(rows)
        return {row.target: row.value for row in rows}


SAYINGS = st.lists(
    st.tuples(st.sampled_from(RETURNS), st.sampled_from(THINGS), st.none() | st.integers(0, 3), st.booleans()),
    min_size=1,
    max_size=14,
)


@settings(max_examples=times(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sayings=SAYINGS)
def test_what_counts_is_what_the_latest_period_states(
    module_database: Engine, sayings: list[tuple[str, str, int | None, bool]]
) -> None:
    world = World(module_database)
    for period, thing, value, projected in sayings:
        world.say(period, thing, value)
        if projected:
            project.project(world.engine)
    project.project(world.engine)
    for position in sorted({s for of in world.statements.values() for one in of for s in one[:2] if s}):  # type: ignore[type-var]
        assert world.counted(position) == world.expected(position), position  # type: ignore[arg-type]


def test_a_rebuild_comes_to_the_same(module_database: Engine) -> None:
    project.project(module_database)
    assert rebuild(module_database).differing == ()


@pytest.mark.parametrize("together", [True, False])
def test_a_late_return_does_not_set_a_later_one_back(fresh_database: Engine, together: bool) -> None:
    world = World(fresh_database)
    for period, value in (("2025Q1", 5), ("2025Q2", 8), ("2025Q1", 6)):
        world.say(period, "nominated", value)
        if not together:
            project.project(fresh_database)
    project.project(fresh_database)
    assert world.counted(world.position) == {"nominated": 8}
    world.say("2025Q2", "nominated", None)
    project.project(fresh_database)
    assert world.counted(world.position) == {"nominated": 6}
