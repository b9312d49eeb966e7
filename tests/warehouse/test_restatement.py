"""A figure known at a cut-off and the same figure later differ by listed causes, all of them recorded in between."""

import random
from datetime import date, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from events import log
from events.log import recorded
from events.log.recorded import NewEvent
from events.types.nominations import FactRetracted, NomineeIdentified
from events.types.returns import MembershipCounted, TargetSet
from events.types.submissions import SubmissionFoundValid
from events.types.units import UnitDissolved, UnitMoved
from reports.content.compiling import COLUMNS
from schemas.periods import Period, parse
from tests.warehouse.histories import BRANCHES, history
from tests.warehouse.policy_model import random_policies
from tests.warehouse.province import HASH, establish, nominee, record, small_province, step, submission, unit_id
from warehouse.facts.expand import parts
from warehouse.facts.restatement import Cause, causes
from warehouse.facts.rollup import roll_up

CODES = [column["code"] for column in COLUMNS if parts(column["code"]) == [column["code"]]]
PERIODS = ("2025Q1", "2025H1", "2025Q2")


def valid(submission: str, unit: str) -> SubmissionFoundValid:
    return SubmissionFoundValid(submission, unit, "2025Q1", "branch-quarterly", 1, date(2025, 3, 31), 0, HASH)


def moved_to(of: NewEvent, unit: str) -> NewEvent:
    """The nominee as another unit would speak of them."""
    return replace(of, payload=replace(of.payload, unit=unit_id(unit)))


def later(rng: random.Random, events: list[NewEvent], tag: str) -> list[NewEvent]:
    """What comes after the cut-off: late facts, corrections of steps and people, retractions, decisions, units."""
    done = history(rng, rng.randint(3, 8), tag)
    heads: dict[str, NewEvent] = {event.stream: event for event in events}
    for stream, last in heads.items():
        if stream.startswith("nomination-") and rng.random() < 0.4:
            first = next(event for event in events if event.stream == stream)
            assert isinstance(first.payload, NomineeIdentified)
            person = first.payload
            if rng.random() < 0.5:
                sex = "male" if person.sex == "female" else "female"
                revised = NomineeIdentified(
                    person.subject, person.unit, person.on, sex, person.birth_year, False, person.source_group, HASH
                )
                done.append(NewEvent(stream, last.version + 1, revised, supersedes=1))
            elif not isinstance(last.payload, FactRetracted):
                done.append(
                    NewEvent(stream, last.version + 1, FactRetracted(), supersedes=last.version)
                    if rng.random() < 0.5 and last.version > 1
                    else step(first, last.version + 1, "admitted", person.on + timedelta(days=rng.randrange(150)))
                )
            if rng.random() < 0.4:
                told = [event.version for event in done if event.stream == stream]
                person = moved_to(first, rng.choice(BRANCHES))
                on = date(2025, 1, 1) + timedelta(days=rng.randrange(180))
                done.append(step(person, max([last.version, *told]) + 1, rng.choice(["voted", "transferred"]), on))
        if stream.startswith("return-") and rng.random() < 0.4:
            assert isinstance(last.payload, MembershipCounted)
            changed = MembershipCounted(last.payload.unit, last.payload.period, "members", rng.randint(20, 60))
            done.append(NewEvent(stream, last.version + 1, changed, supersedes=last.version))
        if stream.startswith("plan-") and rng.random() < 0.3:
            assert isinstance(last.payload, TargetSet)
            done.append(NewEvent(stream, last.version + 1, FactRetracted(), supersedes=last.version))
        if stream.startswith("submission-") and last.version == 1:
            name = stream.removeprefix("submission-")
            unit = last.payload.unit  # type: ignore[attr-defined]
            done.append(NewEvent(stream, 2, valid(name, unit)))
    for number in range(rng.randint(0, 3)):
        counted = MembershipCounted(unit_id(rng.choice(BRANCHES)), "2025Q2", "members", rng.randint(3, 30))
        done.append(NewEvent(f"return-{tag}-q2-{number}", 1, counted))
    if rng.random() < 0.5:
        moved = UnitMoved(unit=unit_id("28757"), on=date(2025, 2, 1), parent=unit_id("831"))
        done.append(NewEvent(f"unit-{unit_id('28757')}", 2, moved))
    if rng.random() < 0.4:
        done.append(establish("28807-03", "28807", 4))
    if rng.random() < 0.4:
        ended = UnitDissolved(unit_id("28756-02"), date(2025, 3, 1))
        done.append(NewEvent(f"unit-{unit_id('28756-02')}", 2, ended))
    if rng.random() < 0.6:
        units = [unit_id(code) for code in BRANCHES]
        done += random_policies(rng, units, unit_id("83"), [date(2025, 1, 1), date(2025, 2, 14)])
    return done


def explained(engine: Engine, period: Period, before: int, after: int) -> list[Cause]:
    """Every cause of every figure of every unit; each figure's difference is the sum of its causes."""
    found: list[Cause] = []
    with engine.connect() as connection:
        old, new = roll_up(connection, period, before), roll_up(connection, period, after)
        for unit in {unit.unit for unit in (*old.tree, *new.tree)}:
            for code in CODES:
                was, now = old.values[unit].get(code, 0), new.values[unit].get(code, 0)
                if was == now:
                    continue
                listed = causes(connection, unit, period, code, before, after)
                assert was + sum(cause.value for cause in listed) == now, (unit, code)
                assert all(cause.positions for cause in listed), (unit, code, listed)
                assert all(before < position <= after for cause in listed for position in cause.positions)
                found += listed
    return found


@pytest.mark.parametrize("seed", range(6))
def test_figures_differ_only_by_listed_causes(fresh_database: Engine, seed: int) -> None:
    rng = random.Random(seed)
    events = history(rng, 14, "a")
    before = record(fresh_database, [*small_province(), *events])
    after = record(fresh_database, later(rng, events, "b"))
    kinds = {cause.kind for code in PERIODS for cause in explained(fresh_database, parse(code), before, after)}
    assert {"late", "correction"} <= kinds
    assert ("policy_change" in kinds) is (seed in (0, 1, 4, 5))


def test_each_kind_of_cause_is_told_by_its_name_and_leads_to_its_event(fresh_database: Engine) -> None:
    first, second = nominee("28756-01", date(2025, 1, 5)), nominee("28756-01", date(2025, 1, 6))
    waiting = submission("28757-01", "2025Q1", date(2025, 3, 3), valid=False)
    before = record(
        fresh_database,
        [
            *small_province(),
            first,
            step(first, 2, "voted", date(2025, 2, 1)),
            second,
            step(second, 2, "voted", date(2025, 2, 2)),
            *waiting,
        ],
    )
    third = nominee("28756-02", date(2025, 1, 7))
    name = waiting[0].stream.removeprefix("submission-")
    new = [
        step(first, 3, "voted", date(2025, 4, 1), supersedes=2),
        NewEvent(second.stream, 3, FactRetracted(), supersedes=2),
        third,
        step(third, 2, "voted", date(2025, 2, 3)),
        NewEvent(waiting[0].stream, 2, valid(name, unit_id("28757-01"))),
        establish("28807-03", "28807", 4),
    ]
    after = record(fresh_database, new)
    with fresh_database.connect() as connection:
        assert log.head(connection)[0] == after

        def told(code: str) -> list[tuple[str, int, tuple[int, ...]]]:
            found = causes(connection, unit_id("83"), parse("2025Q1"), code, before, after)
            return [(cause.kind, cause.value, cause.positions) for cause in found]

        assert told("voted") == [
            ("correction", -1, (before + 1,)),
            ("retraction", -1, (before + 2,)),
            ("late", 1, (before + 4,)),
        ]
        assert told("submissions.counted") == [("decision", 1, (before + 5,))]
        assert told("submissions.expected") == [("unit_change", 1, (before + 6,))]
        assert told("nominated") == []


def listed(engine: Engine, unit: str, code: str, before: int, after: int) -> list[tuple[str, int, tuple[int, ...]]]:
    with engine.connect() as connection:
        found = causes(connection, unit_id(unit), parse("2025Q1"), code, before, after)
    return [(cause.kind, cause.value, cause.positions) for cause in found]


@pytest.mark.parametrize("code", ["voted", "voted.year", "voted.term"])
def test_a_second_step_of_a_person_takes_the_place_of_the_first_and_gives_it_back(
    fresh_database: Engine, code: str
) -> None:
    person = nominee("28756-01", date(2025, 1, 5))
    first = record(fresh_database, [*small_province(), person, step(person, 2, "voted", date(2025, 2, 1))])
    second = record(fresh_database, [step(moved_to(person, "28807-01"), 3, "voted", date(2025, 3, 1))])
    assert listed(fresh_database, "28756-01", code, first, second) == [("late", -1, (second,))]
    assert listed(fresh_database, "28807-01", code, first, second) == [("late", 1, (second,))]
    assert listed(fresh_database, "83", code, first, second) == [("late", -1, (second,)), ("late", 1, (second,))]
    back = record(fresh_database, [NewEvent(person.stream, 4, FactRetracted(), supersedes=3)])
    assert listed(fresh_database, "28756-01", code, second, back) == [("retraction", 1, (back,))]
    assert listed(fresh_database, "28807-01", code, second, back) == [("retraction", -1, (back,))]


def test_an_older_number_counts_again_when_the_newer_one_is_retracted(fresh_database: Engine) -> None:
    def counted(period: str, value: int) -> NewEvent:
        unit = unit_id("28756-01")
        return NewEvent(f"return-{unit}-{period}", 1, MembershipCounted(unit, period, "members", value))

    newer = counted("2025Q1", 12)
    before = record(fresh_database, [*small_province(), counted("2024Q4", 10), newer])
    after = record(fresh_database, [NewEvent(newer.stream, 2, FactRetracted(), supersedes=1)])
    assert listed(fresh_database, "83", "members", before, after) == [
        ("retraction", 10, (after,)),
        ("retraction", -12, (after,)),
    ]
    again = record(fresh_database, [replace(newer, version=3)])
    assert listed(fresh_database, "83", "members", after, again) == [("late", -10, (again,)), ("late", 12, (again,))]


def test_a_return_for_a_later_period_that_says_otherwise_is_a_correction(fresh_database: Engine) -> None:
    def target(period: str, value: int, version: int) -> list[NewEvent]:
        unit = unit_id("28756-01")
        came = submission("28756-01", period, date(2025, 3, 3))
        name = came[0].stream.removeprefix("submission-")
        return [
            *came,
            NewEvent(f"plan-{unit}-2025", version, TargetSet(unit, 2025, "nominated", value), recorded.Cause(name)),
        ]

    before = record(fresh_database, [*small_province(), *target("2025Q1", 3, 1)])
    revised = target("2025Q2", 5, 2)
    after = record(fresh_database, revised)
    assert listed(fresh_database, "83", "target.nominated", before, after) == [
        ("correction", -3, (after,)),
        ("correction", 5, (after,)),
    ]
    retracted = replace(revised[-1], version=3, payload=FactRetracted(), supersedes=2)
    back = record(fresh_database, [retracted])
    assert listed(fresh_database, "83", "target.nominated", after, back) == [
        ("retraction", 3, (back,)),
        ("retraction", -5, (back,)),
    ]
