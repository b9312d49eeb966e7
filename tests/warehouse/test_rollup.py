"""Every figure equals a recount from the events, and every unit equals the sum of what is under it."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sqlalchemy import Engine, text

from events.errors import UsageError
from events.log.recorded import Cause, NewEvent, Recorded, decode
from events.types.submissions import SubmissionReturned, SubmissionSuperseded
from events.types.units import UnitReclassified, UnitRenamed
from reports.content.compiling import COLUMNS, compile_period
from schemas.indicators.breakdowns import BREAKDOWNS, UNIT
from schemas.indicators.catalogue import BY_CODE, FIGURES
from schemas.indicators.indicator import Grade, Rate
from schemas.periods import parse
from tests.warehouse.figures_model import Figures, Known, derived
from tests.warehouse.policy_model import random_policies
from tests.warehouse.province import nominee, record, small_province, step, submission, unit_id
from tests.warehouse.random_facts import random_facts
from tests.warehouse.test_hierarchy import DAYS, Province, reorganised, replace_struct
from tests.warehouse.unit_model import LEVELS_OF, states, tree
from warehouse.facts.expand import expand, parts
from warehouse.facts.rollup import roll_up

PERIODS = ["2025Q1", "2025Q2", "2025H1", "2025", "2020-2025", "2025-02-10..2025-05-05"]


class Told:
    """A province with a past, and all that was reported of it, as it stands in the log."""

    def __init__(self, engine: Engine, seed: int, attempts: int = 8, people: int = 12) -> None:
        self.engine = engine
        self.province: Province = reorganised(engine, seed, attempts)
        self.rng = self.province.rng
        self._name_and_class()
        events = random_facts(self.rng, sorted({said.unit for _, said in self.province.events}), people)
        laid_down = random_policies(self.rng, self.province.ids, self.province.ids[0], [*DAYS, date(2025, 3, 31)])
        place = self.rng.randrange(len(events))
        events = [*events[:place], *laid_down, *events[place:]]
        cut = self.rng.randrange(len(events))
        for batch in (events[:cut], events[cut:]):
            record(engine, batch)
            self.province.attempt(self.province.random_reorganisation())
        self.reported = self._read({event.stream for event in events})
        self.province.close()

    def _name_and_class(self) -> None:
        """Communes of every kind of area, and every kind of organisation."""
        for unit in self.province.ids:
            name = self.rng.choice(["Đoàn xã", "Đoàn phường", "Đoàn thị trấn", "Đoàn đặc khu", "Chi đoàn"])
            on = self.rng.choice(DAYS)
            self.province.attempt([UnitRenamed(unit, f"{name} số {self.rng.randint(1, 9)}", on)])
            state = states(self.province.events, on).get(unit)
            if state and self.rng.random() < {"commune": 0.5, "district": 0.9}.get(state.kind, 0):
                kind = self.rng.choice([kind for kind in UNIT.terms if state.level in LEVELS_OF[kind]])
                self.province.attempt([UnitReclassified(unit, kind, state.level, on)])

    def _read(self, streams: set[str]) -> list[Recorded]:
        with self.engine.connect() as connection:
            rows = connection.execute(
                text("select position, body::text from events.event where stream = any(:s) order by position"),
                {"s": list(streams)},
            )
            return [decode(*row) for row in rows]

    def root(self, tree_on: date, position: int) -> str | None:
        """The run's own: other runs have theirs in the same database."""
        top = self.province.ids[0]
        return top if top in tree([e for e in self.province.events if e[0] <= position], tree_on) else None

    def recount(self, period: str, tree_on: date, position: int) -> Figures:
        known = Known(self.province.events, self.reported, position)
        return known.figures(parse(period), tree_on, self.root(tree_on, position))

    def known(self, period: str, tree_on: date, position: int) -> dict[str, set[str]]:
        return Known(self.province.events, self.reported, position).known(parse(period), tree_on)

    @property
    def last(self) -> int:
        return max(self.reported[-1].position, self.province.events[-1][0])


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_every_figure_is_the_recounts_for_every_period_tree_and_position(fresh_database: Engine, seed: int) -> None:
    told = Told(fresh_database, seed)
    rng, ids = told.rng, set(told.province.ids)
    for code in PERIODS:
        period = parse(code)
        for position in (told.last, rng.choice(told.reported).position):
            tree_on = rng.choice([period.last, *DAYS])
            with fresh_database.connect() as connection:
                compilation = compile_period(connection, period, position, tree_on, told.root(tree_on, position))
            units, values = compilation.figures
            model = Known(told.province.events, told.reported, position)
            expected = model.figures(period, tree_on, told.root(tree_on, position))
            known = model.known(period, tree_on, told.root(tree_on, position))
            ours = [unit for unit in units if unit.unit in ids]
            assert {unit for unit, found in expected.items() if any(found.values())} <= {unit.unit for unit in ours}
            for unit in ours:
                got = {figure: value for figure, value in values[unit.unit].items() if value}
                assert got == {figure: value for figure, value in expected[unit.unit].items() if value}, (code, tree_on)
                row = next(row for row in compilation._rows if row["id"] == unit.unit)
                shown = {column["code"]: value for column, value in zip(COLUMNS, row["values"], strict=True)}
                for column in COLUMNS:
                    indicator = FIGURES[column["code"]].indicator
                    if not isinstance(indicator, Rate | Grade):
                        zero = 0 if indicator.code in known.get(unit.unit, ()) else None
                        value = expected[unit.unit].get(column["code"], 0) or zero
                        assert shown[column["code"]] == value, (column["code"], code, tree_on)
                for indicator in BY_CODE.values():
                    if isinstance(indicator, Rate):
                        share = derived(indicator, expected[unit.unit], known.get(unit.unit, set()))
                        assert (shown[indicator.code] is None) == (share is None)
                        assert share is None or abs(share - _fraction(shown[indicator.code])) <= _fraction("0.05")
                    if isinstance(indicator, Grade):
                        share = derived(BY_CODE[indicator.rate], expected[unit.unit], known.get(unit.unit, set()))  # type: ignore[arg-type]
                        scale, _ = model.in_force("nomination_scale", period.last)
                        reached = [grade for grade, least in scale.items() if share is not None and share >= least]
                        assert shown[indicator.code] == max(reached, default=None)


def _fraction(written: object) -> Fraction:
    return Fraction(str(written))


def test_the_recount_comes_upon_every_indicator_and_every_term(fresh_database: Engine) -> None:
    """What the test above rests on does happen."""
    seen: set[str] = set()
    for seed in range(16):
        told = Told(fresh_database, seed, people=40)
        for code in ("2025H1", "2020-2025"):
            for found in told.recount(code, parse(code).last, told.last).values():
                seen |= {figure for figure, value in found.items() if value}
    counted = {code for code, indicator in BY_CODE.items() if not isinstance(indicator, Rate | Grade)}
    terms = {f"{breakdown.code}.{term}" for breakdown in BREAKDOWNS for term in breakdown.terms}
    assert counted - seen == set()
    assert terms - {figure.partition(".")[2] for figure in seen} == set()


@pytest.fixture
def told(fresh_database: Engine) -> Told:
    return Told(fresh_database, 7, attempts=4, people=60)


def test_every_column_of_a_report_expands_to_facts_that_add_up_to_it(told: Told) -> None:
    period = parse("2025H1")
    with told.engine.connect() as connection:
        figures = roll_up(connection, period, told.last)
        root = max(figures.values, key=lambda unit: len(figures.values[unit]))
        assert sum(value > 0 for value in figures.values[root].values()) > 100
        for column in COLUMNS:
            for code in parts(column["code"]):
                facts = expand(connection, root, period, code, told.last)
                assert sum(fact.value for fact in facts) == figures.values[root].get(code, 0), code


@pytest.mark.parametrize(
    "figure", ["nothing", "voted.age.18", "voted.sex.other", "identified.sex", "voted.late.sex", ""]
)
def test_an_unknown_figure_is_refused(figure: str) -> None:
    with pytest.raises(UsageError, match="unknown_figure"):
        parts(figure)


def test_an_earlier_position_gives_the_earlier_figures_again(told: Told) -> None:
    engine, period = told.engine, parse("2025H1")
    with engine.connect() as connection:
        before = compile_period(connection, period, told.last)
    unit = next(unit.unit for unit in before.figures.tree if unit.depth == 0 and not unit.undecidable)
    person = nominee("", date(2025, 2, 1))
    moved = type(person)(person.stream, 1, replace_struct(person.payload, unit=unit))
    late = record(engine, [moved, step(moved, 2, "voted", date(2025, 2, 3))])
    with engine.connect() as connection:
        again = compile_period(connection, period, told.last).content(unit, "official")
        now = compile_period(connection, period, late).content(unit, "official")
    assert again == before.content(unit, "official")
    column = next(i for i, c in enumerate(COLUMNS) if c["code"] == "voted")
    assert now["rows"][0]["values"][column] == again["rows"][0]["values"][column] + 1


def test_a_person_counts_once_where_the_newest_step_of_a_window_was_reported(fresh_database: Engine) -> None:
    person = nominee("28756-01", date(2024, 11, 1))
    came = submission("28807-01", "2025Q1", date(2025, 3, 3))
    of_q1 = Cause(came[0].stream.removeprefix("submission-"))

    def taken(version: int, unit: str, on: date, code: str = "voted", cause: Cause | None = None) -> NewEvent:
        event = step(person, version, code, on)
        return replace(event, payload=replace(event.payload, unit=unit_id(unit)), cause=cause)

    position = record(
        fresh_database,
        [
            *small_province(),
            *came,
            person,
            taken(2, "28756-01", date(2024, 12, 1), cause=of_q1),
            taken(3, "28756-02", date(2024, 12, 2), cause=of_q1),
            taken(4, "28756-01", date(2025, 2, 1)),
            taken(5, "28807-01", date(2025, 3, 1)),
            taken(6, "28756-02", date(2025, 2, 20)),
            taken(7, "28757-01", date(2025, 4, 1)),
            taken(8, "28756-01", date(2025, 2, 3), "transferred"),
            taken(9, "28757-01", date(2025, 2, 4), "transferred"),
        ],
    )

    def where(period: str, code: str) -> list[tuple[str, int]]:
        with fresh_database.connect() as connection:
            tree, values = roll_up(connection, parse(period), position)
        return [(unit.code, value) for unit in tree if unit.level == 4 and (value := values[unit.unit].get(code, 0))]

    assert where("2025Q1", "voted") == where("2025Q1", "voted.sex.female") == [("28807-01", 1)]
    assert where("2025Q1", "voted.year") == where("2025Q1", "voted.term") == [("28807-01", 1)]
    assert where("2025H1", "voted") == where("2025H1", "voted.year") == [("28757-01", 1)]
    assert where("2025Q1", "voted.late") == [("28756-02", 1)]
    assert where("2025Q1", "transferred") == [("28757-01", 1)]


def test_a_person_stands_with_who_handed_over_until_the_other_unit_reports_of_them(fresh_database: Engine) -> None:
    person = nominee("28756-01", date(2025, 1, 1))

    def taken(version: int, unit: str, on: date, code: str) -> NewEvent:
        event = step(person, version, code, on)
        return replace(event, payload=replace(event.payload, unit=unit_id(unit)))

    admitted = taken(2, "28756-01", date(2025, 1, 5), "admitted")
    handed_over = taken(3, "28756-01", date(2025, 2, 1), "transferred")
    to = replace(handed_over.payload, to=unit_id("28757-01"))
    between = record(fresh_database, [*small_province(), person, admitted, replace(handed_over, payload=to)])
    after = record(fresh_database, [taken(4, "28757-01", date(2025, 2, 20), "received")])

    def where(position: int, last: str) -> list[str]:
        with fresh_database.connect() as connection:
            tree, values = roll_up(connection, parse(f"2025-01-01..{last}"), position)
            stand = [unit for unit in tree if unit.level == 4 and values[unit.unit].get("standing_probationers")]
            (fact,) = expand(connection, stand[0].unit, parse(f"2025-01-01..{last}"), "standing_probationers", position)
        assert [values[unit.unit].get("mentor_due") for unit in stand] == [1]
        assert fact.unit == stand[0].unit
        return [unit.code for unit in stand]

    assert where(between, "2025-03-31") == where(after, "2025-02-19") == ["28756-01"]
    assert where(after, "2025-03-31") == ["28757-01"]
    gone = record(fresh_database, [taken(5, "28757-01", date(2025, 3, 10), "transferred")])
    with fresh_database.connect() as connection:
        tree, values = roll_up(connection, parse("2025Q1"), gone)
    assert not any(values[unit.unit].get("standing_probationers") for unit in tree)


def test_a_report_names_the_units_that_owe_one_themselves_and_not_for_those_below(fresh_database: Engine) -> None:
    commune, sent = submission("28756", "2025Q1", date(2025, 3, 3), form="activities"), []
    for branch in ("28756-01", "28807-01"):
        sent += submission(branch, "2025Q1", date(2025, 3, 3))
    position = record(fresh_database, [*small_province(), *commune, *sent])
    with fresh_database.connect() as connection:
        compiled = compile_period(connection, parse("2025Q1"), position)
    found = compiled.content(unit_id("83"), "official")["submissions"]
    assert (found["expected"], found["received"], found["counted"]) == (10, 3, 3)
    assert [(one["code"], one["superior"]) for one in found["missing"]] == [
        ("829", "Đơn vị 83"),
        ("28756-02", "Đơn vị 28756"),
        ("28757", "Đơn vị 829"),
        ("28757-01", "Đơn vị 28757"),
        ("831", "Đơn vị 83"),
        ("28807", "Đơn vị 831"),
        ("28807-02", "Đơn vị 28807"),
    ]
    below = compiled.content(unit_id("28756"), "official")["submissions"]
    assert (below["expected"], below["received"], [one["code"] for one in below["missing"]]) == (3, 2, ["28756-02"])


def test_a_return_is_in_time_by_its_first_valid_workbook_and_counts_as_of_the_position(fresh_database: Engine) -> None:
    first, second = (submission("28756-01", "2025Q1", date(2025, 3, day)) for day in (20, 29))
    names = [events[0].stream.removeprefix("submission-") for events in (first, second)]
    positions = [
        record(fresh_database, [*small_province(), first[0]]),
        record(fresh_database, first[1:]),
        record(fresh_database, [*second, NewEvent(first[0].stream, 3, SubmissionSuperseded(names[0], names[1]))]),
        record(fresh_database, [NewEvent(second[0].stream, 3, SubmissionReturned(names[1], "incomplete"))]),
    ]
    with fresh_database.connect() as connection:
        for position, counts in zip(positions, (False, True, True, False), strict=True):
            found = roll_up(connection, parse("2025Q1"), position).values[unit_id("83")]
            told = [found.get(f"submissions.{adds}", 0) for adds in ("received", "counted", "on_time", "not_counted")]
            assert told == [1, counts, counts, not counts]


def test_whose_a_workbook_is_was_not_known_before_it_was_decided(fresh_database: Engine) -> None:
    received, found = submission("28756-01", "2025Q1", date(2025, 3, 3))
    nobodys = replace(received, payload=replace_struct(received.payload, unit=None))
    before = record(fresh_database, [*small_province(), nobodys])

    def received_as_of(position: int) -> int:
        with fresh_database.connect() as connection:
            return roll_up(connection, parse("2025Q1"), position).values[unit_id("83")].get("submissions.received", 0)

    assert received_as_of(before) == 0
    after = record(fresh_database, [found])
    assert (received_as_of(before), received_as_of(after)) == (0, 1)
