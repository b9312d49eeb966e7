"""Random reorganisations against a plain model: what is refused, the tree of every day and position, every figure."""

import itertools
import random
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from events.errors import RefusedError
from events.log.recorded import NewEvent, decode
from events.types.returns import MembershipCounted
from events.types.units import (
    UnitDissolved,
    UnitDivided,
    UnitEstablished,
    UnitMerged,
    UnitMoved,
    UnitReclassified,
    UnitRecoded,
    UnitRenamed,
    UnitRevived,
)
from flows.context import Context
from flows.settings import Settings
from flows.units import changes as unit_changes
from flows.units.telling import differences
from schemas.forms.family import owed
from schemas.periods import Period, parse
from tests.actors import TESTER
from tests.flows import period_units
from tests.thoroughness import times
from tests.warehouse import unit_model as model
from tests.warehouse.province import KINDS, nominee, record, unit_id
from warehouse import hierarchy
from warehouse.facts.expand import expand
from warehouse.facts.rollup import roll_up
from warehouse.hierarchy.in_period import may_act_for

RUN = itertools.count(1)
"""Every run in the one database has units of its own."""

START = date(2024, 12, 1)
DAYS = [START + timedelta(days=30 * step) for step in range(10)]
FIGURES = ("identified", "members", "submissions.expected")
PERIODS = [parse("2025Q1"), parse("2025Q2"), parse("2025H1")]


class Province:
    """Units of one run in a database that other runs share, and all that was recorded about them."""

    def __init__(self, engine: Engine, rng: random.Random) -> None:
        self.engine, self.rng, self.tag = engine, rng, f"{next(RUN)}H"
        self.context = Context(
            Settings(home=Path("unused"), database_url=str(engine.url.render_as_string(False))), TESTER
        )
        self.ids: list[str] = []
        self.events: list[model.Event] = []
        self.reported: list[NewEvent] = []

    def found(self) -> None:
        """A first tree: one root, and units at random below."""
        root = self._begin(None, 1, START)
        levels = {root.unit: 1}
        first = [root]
        for _ in range(self.rng.randint(3, 9)):
            above = self.rng.choice([unit for unit, level in levels.items() if level < 4])
            unit = self._begin(above, self.rng.randint(levels[above] + 1, 4), START)
            levels[unit.unit] = unit.level
            first.append(unit)
        assert self.attempt(first)

    def _begin(self, parent: str | None, level: int, on: date) -> UnitEstablished:
        code = f"{self.tag}-{len(self.ids)}"
        self.ids.append(unit_id(code))
        return UnitEstablished(self.ids[-1], code, f"Đơn vị {code}", KINDS[level], level, on, parent)

    def random_change(self) -> Any:
        """Anything that may be said about a unit, most of it impossible."""
        rng, on = self.rng, self.rng.choice(DAYS)
        unit, other = rng.choice(self.ids), rng.choice(self.ids)
        level = rng.randint(1, 4)
        if self.ended and rng.random() < 0.4:
            return self.random_correction()
        return rng.choice(
            [
                lambda: self._begin(other, rng.randint(2, 4), on),
                lambda: UnitRenamed(unit, f"Tên {rng.randint(1, 9)}", on),
                lambda: UnitRecoded(unit, f"{self.tag}-{rng.randint(0, len(self.ids))}", on),
                lambda: UnitReclassified(unit, KINDS[level], level, on),
                lambda: UnitMoved(unit, other, on),
                lambda: UnitMoved(unit, other, on),
                lambda: UnitMerged(unit, other, on),
                lambda: UnitMerged(unit, other, on),
                lambda: UnitDivided(unit, tuple(rng.choices(self.ids, k=2)), on),
                lambda: UnitDissolved(unit, on),
                lambda: UnitRevived(unit, on, other),
            ]
        )()

    @property
    def ended(self) -> list[Any]:
        """The ends that are recorded."""
        return [said for _, said in self.events if isinstance(said, model.ENDS)]

    def random_correction(self) -> Any:
        """Another end of a unit on the day on which it ended, its undoing, or an end on an earlier day."""
        end = self.rng.choice(self.ended)
        unit, on, others = end.unit, end.on, self.rng.choices(self.ids, k=2)
        states = model.states(self.events, on - timedelta(days=1))
        parent = states[unit].parent if unit in states else others[0]
        return self.rng.choice(
            [
                lambda: UnitMerged(unit, others[0], on),
                lambda: UnitMerged(unit, others[1], on, "1687/NQ-UBTVQH15"),
                lambda: UnitDivided(unit, tuple(others), on),
                lambda: UnitDissolved(unit, on),
                lambda: UnitRevived(unit, on, parent),
                lambda: UnitRevived(unit, on, parent),
                lambda: UnitMerged(unit, others[0], on - timedelta(days=30)),
            ]
        )()

    def random_reorganisation(self) -> list[Any]:
        """A unit ends on a day, and what is under it goes to new ones or a neighbour; or one revives."""
        rng, on = self.rng, self.rng.choice(DAYS)
        states = model.states(self.events, on)
        alive = {unit: state for unit, state in states.items() if state.alive and state.parent}
        ended = [unit for unit, state in states.items() if state.began and not state.alive]
        if ended and rng.random() < 0.2:
            unit = rng.choice(ended)
            return [UnitRevived(unit, on, states[unit].parent)]
        if not alive:
            return [self.random_change()]
        unit = rng.choice(list(alive))
        old = alive[unit]
        new = [self._begin(old.parent, old.level, on) for _ in range(rng.randint(0, 2))]
        followers = [one.unit for one in new] or rng.sample(
            [u for u, s in alive.items() if s.level == old.level and u != unit] or [unit], 1
        )
        end = (
            UnitMerged(unit, followers[0], on)
            if len(followers) == 1
            else rng.choice([UnitDivided(unit, tuple(followers), on), UnitDissolved(unit, on)])
        )
        below = [u for u, state in alive.items() if state.parent == unit]
        return [end, *new, *(UnitMoved(u, rng.choice(followers), on) for u in below)]

    def attempt(self, changes: list[Any]) -> bool:
        """Record changes; whether they were accepted, which must be what the model says."""
        # Beginnings are recorded first; what is known already is left out.
        ordered = sorted(dict.fromkeys(changes), key=lambda change: not isinstance(change, model.BEGINS))
        last = max((position for position, _ in self.events), default=0)
        said = {(model.sort(s), s.unit, s.on): s for _, s in self.events}
        new = [c for c in ordered if said.get((model.sort(c), c.unit, c.on)) != c]
        new += model.ended_again([*self.events, *enumerate(new, start=last + 1)], new)
        possible = model.is_possible(self.events, list(enumerate(new, start=last + 1))) if new else True
        try:
            assert unit_changes.record(self.context, changes) == len(new)
        except RefusedError as refused:
            assert not possible, (refused, changes)
            assert all(one.details["unit"] and one.details["on"] for one in refused.parts or [refused])
            assert self.recorded() == self.events
            return False
        assert possible, changes
        self.events = self.recorded()
        return True

    def recorded(self) -> list[model.Event]:
        """Every event about these units, from the log."""
        with self.engine.connect() as connection:
            rows = connection.execute(
                text("select position, body::text from events.event where stream = any(:s) order by position"),
                {"s": [f"unit-{unit}" for unit in self.ids]},
            )
            return [(row[0], decode(*row).payload) for row in rows]

    def close(self) -> None:
        """Let go of the connections."""
        self.context.engine.dispose()

    def report(self) -> None:
        """People identified, members counted: by units on days on which they live."""
        for _ in range(12):
            on = START + timedelta(days=self.rng.randrange(240))
            alive = [unit for unit, state in model.states(self.events, on).items() if state.alive]
            if alive:
                person = nominee("", on)
                self.reported.append(
                    NewEvent(person.stream, 1, replace_struct(person.payload, unit=self.rng.choice(alive)))
                )
        for unit in self.ids:
            for quarter in ("2025Q1", "2025Q2"):
                state = model.states(self.events, parse(quarter).last).get(unit)
                if state and state.alive and self.rng.random() < 0.5:
                    counted = MembershipCounted(unit, quarter, "members", self.rng.randint(1, 40))
                    self.reported.append(NewEvent(f"return-{unit}-{quarter}", 1, counted))
        if self.reported:
            record(self.engine, self.reported)


def replace_struct(value: Any, **changes: Any) -> Any:
    return type(value)(**({name: getattr(value, name) for name in value.__struct_fields__} | changes))


def reorganised(engine: Engine, seed: int, attempts: int = 14) -> Province:
    rng = random.Random(seed)
    province = Province(engine, rng)
    province.found()
    for _ in range(attempts):
        if rng.random() < 0.6:
            province.attempt(province.random_reorganisation())
        else:
            province.attempt([province.random_change() for _ in range(rng.randint(1, 3))])
    return province


def expected_figures(province: Province, period: Period, on: date) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    events = province.events
    places: dict[str, tuple[str, ...]] = {}

    def count(unit: str, figure: str, value: int) -> None:
        path = places.setdefault(unit, model.place(events, unit, on))
        for one in path:
            found[one][figure] += value

    stocks: dict[str, MembershipCounted] = {}
    at_end = model.states(events, period.last)
    for event in province.reported:
        fact = event.payload
        if isinstance(fact, MembershipCounted):
            if parse(fact.period).last <= period.last and at_end[fact.unit].alive:
                stocks[fact.unit] = max(stocks.get(fact.unit, fact), fact, key=lambda f: f.period)
        elif period.first <= fact.on <= period.last:  # type: ignore[attr-defined]
            count(fact.unit, "identified", 1)  # type: ignore[attr-defined]
    for unit, stock in stocks.items():
        count(unit, "members", stock.value)
    for part in period.parts():
        for unit, state in model.states(events, part.last).items():
            if state.alive:
                count(unit, "submissions.expected", len(owed(state.kind, part)))
    return found


@settings(max_examples=times(12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_tree_of_every_day_as_known_at_every_position_is_the_models(fresh_database: Engine, seed: int) -> None:
    province = reorganised(fresh_database, seed)
    positions = sorted({position for position, _ in province.events})
    for position in {positions[-1], *province.rng.sample(positions, min(4, len(positions)))}:
        known = [event for event in province.events if event[0] <= position]
        for on in (*DAYS, DAYS[3] - timedelta(days=1)):
            with fresh_database.connect() as connection:
                found = [unit for unit in hierarchy.tree(connection, on, position) if unit.unit in province.ids]
            states, paths = model.states(known, on), model.tree(known, on)
            assert {unit.unit: unit.path for unit in found} == paths
            for unit in found:
                state = states[unit.unit]
                assert (unit.parent, unit.code, unit.name, unit.kind, unit.level) == (
                    state.parent,
                    state.code,
                    state.name,
                    state.kind,
                    state.level,
                )


@settings(max_examples=times(12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_who_follows_whom_is_what_holds_after_all_corrections(fresh_database: Engine, seed: int) -> None:
    province = reorganised(fresh_database, seed)
    with fresh_database.connect() as connection:
        view = connection.execute(
            text("select unit::text, successor::text, on_date from analysis.succession where unit::text = any(:ids)"),
            {"ids": province.ids},
        )
        assert sorted(tuple(row) for row in view) == model.succession(province.events)
        wanted = [(unit, period) for unit in province.ids for period in PERIODS]
        for (unit, period), may in may_act_for(connection, wanted, 10**9).items():
            assert may == period_units.acting_for(province.events, unit, period)
        days = sorted(province.rng.sample(DAYS, 2))
        trees = [[u for u in hierarchy.tree(connection, on, 10**9) if u.unit in province.ids] for on in days]
        ended = [one for one in differences(connection, trees[0], trees[1], 10**9, days[1]) if one.what == "ended"]
    codes = {unit: state.code for unit, state in model.states(province.events, date.max).items()}
    codes |= {unit.unit: unit.code for tree in trees for unit in tree}
    for one in ended:
        heirs = model.followers(model.last_flip(province.events, one.unit, days[1])[1])
        assert (one.now or "").split() == sorted(codes[heir] for heir in heirs)


@settings(max_examples=times(12), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_figures_on_the_tree_of_any_day_are_the_models_and_none_is_lost(fresh_database: Engine, seed: int) -> None:
    province = reorganised(fresh_database, seed)
    province.report()
    for period in PERIODS:
        totals = set()
        for on in {period.last, *province.rng.sample(DAYS, 4)}:
            with fresh_database.connect() as connection:
                tree, values = roll_up(connection, period, 10**9, on)
            expected = expected_figures(province, period, on)
            ours = [unit for unit in tree if unit.unit in province.ids]
            for unit in ours:
                got = {figure: values[unit.unit].get(figure, 0) for figure in FIGURES}
                assert got == {figure: expected[unit.unit].get(figure, 0) for figure in FIGURES}, (period.code, on)
                below = [other for other in ours if other.parent == unit.unit]
                assert all(values[unit.unit].get(f, 0) >= sum(values[b.unit].get(f, 0) for b in below) for f in FIGURES)
            shown = {unit.unit for unit in ours}
            assert {unit for unit, found in expected.items() if any(found.values())} <= shown
            assert {u.unit for u in ours if u.undecidable}.isdisjoint(model.tree(province.events, on))
            totals.add(tuple(sum(values[u.unit].get(f, 0) for u in ours if u.depth == 0) for f in FIGURES))
        assert len(totals) == 1, "the whole is the same on every tree"


def test_a_figure_on_another_tree_expands_to_facts_that_add_up_to_it(fresh_database: Engine) -> None:
    checked = 0
    for seed in range(4):
        province = reorganised(fresh_database, seed)
        province.report()
        for on in DAYS[::3]:
            with fresh_database.connect() as connection:
                tree, values = roll_up(connection, PERIODS[2], 10**9, on)
                for unit in (u for u in tree if u.unit in province.ids):
                    for figure in FIGURES:
                        facts = expand(connection, unit.unit, PERIODS[2], figure, 10**9, on)
                        assert sum(fact.value for fact in facts) == values[unit.unit].get(figure, 0)
                        checked += len(facts) * unit.undecidable
    assert checked > 0


def test_random_reorganisations_are_accepted_and_refused_and_leave_undecidable_lines(fresh_database: Engine) -> None:
    """What the tests above rest on does happen."""
    kinds: dict[str, int] = defaultdict(int)
    answers: dict[bool, int] = defaultdict(int)
    lines = corrected = 0
    for seed in range(8):
        rng = random.Random(seed)
        province = Province(fresh_database, rng)
        province.found()
        for _ in range(14):
            answers[province.attempt(province.random_reorganisation())] += 1
            answers[province.attempt([province.random_change()])] += 1
        province.report()
        corrected += sum(model.is_taken_back(province.events, event) for event in province.events)
        for _, said in province.events:
            kinds[type(said).__name__] += 1
        for on in DAYS:
            with fresh_database.connect() as connection:
                tree, _ = roll_up(connection, PERIODS[2], 10**9, on)
            lines += sum(unit.undecidable for unit in tree)
    assert len(kinds) == 9, kinds
    assert corrected > 8
    assert answers[True] > 50 and answers[False] > 50
    assert lines > 20
