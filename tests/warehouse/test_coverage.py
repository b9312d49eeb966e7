"""Zero is what was reported: of whom nothing is known, a report says nothing."""

from datetime import date
from typing import Any

from sqlalchemy import Engine

from events.log.recorded import Cause, NewEvent
from events.types.policies import PolicySet
from events.types.returns import MembershipCounted, TargetSet
from reports.content.compiling import COLUMNS, compile_period
from schemas.periods import parse
from tests.warehouse.province import record, small_province, submission, unit_id


def shown(engine: Engine, position: int, period: str = "2025Q1") -> dict[str, dict[str, Any]]:
    """What the province's report shows, by code of unit and column; `returns` is what it rests on."""
    with engine.connect() as connection:
        content = compile_period(connection, parse(period), position).content(unit_id("83"), "official")
    codes = [column["code"] for column in COLUMNS]
    return {
        row["code"]: dict(zip(codes, row["values"], strict=True)) | {"returns": row["returns"]}
        for row in content["rows"]
    }


def test_a_unit_from_which_nothing_came_shows_nothing_and_one_that_reported_nothing_shows_zero(
    fresh_database: Engine,
) -> None:
    came = submission("28756-01", "2025Q1", date(2025, 3, 3))
    found = shown(fresh_database, record(fresh_database, [*small_province(), *came]))
    of_people = ("voted", "voted.sex.female", "voted.late", "voted.year", "voted.term", "activity.awareness_class")
    for unit, value in {
        "28756-01": 0,
        "28756-02": None,
        "28756": 0,
        "28757": None,
        "829": 0,
        "831": None,
        "83": 0,
    }.items():
        assert {found[unit][code] for code in of_people} == {value}, unit
    assert {value for code, value in found["831"].items() if code not in ("returns", "completeness", "timeliness")} == {
        None
    }
    assert (found["831"]["returns"], found["831"]["completeness"]) == ([0, 4], "0.0")
    assert [found[unit]["returns"] for unit in ("83", "28756")] == [[1, 10], [1, 3]]


def test_what_a_level_above_held_itself_says_nothing_of_its_branches(fresh_database: Engine) -> None:
    came = submission("28756", "2025Q1", date(2025, 3, 3), form="activities")
    found = shown(fresh_database, record(fresh_database, [*small_province(), *came]))
    assert (found["28756"]["activity.awareness_class"], found["28756"]["voted"]) == (0, None)


def test_an_earlier_return_speaks_of_the_year_and_not_of_the_quarter(fresh_database: Engine) -> None:
    came = submission("28756-01", "2025Q1", date(2025, 3, 3))
    position = record(fresh_database, [*small_province(), *came])
    found = shown(fresh_database, position, "2025Q2")["28756-01"]
    assert [found[code] for code in ("voted", "voted.year", "voted.term")] == [None, 0, 0]


def test_numbers_and_shares_are_known_where_they_were_reported(fresh_database: Engine) -> None:
    first, second = (submission(unit, "2025Q1", date(2025, 3, 3)) for unit in ("28756-01", "28756-02"))
    unit = unit_id("28756-01")
    numbers = [
        NewEvent("return-a", 1, MembershipCounted(unit, "2025Q1", "members", 0)),
        NewEvent("plan-a", 1, TargetSet(unit, 2025, "nominated", 4)),
        NewEvent("plan-b", 1, TargetSet(unit_id("28757-01"), 2025, "nominated", 4)),
    ]
    found = shown(fresh_database, record(fresh_database, [*small_province(), *first, *second, *numbers]))
    assert [found[unit]["members"] for unit in ("28756-01", "28756-02")] == [0, None]
    assert [found[unit]["nominated_share"] for unit in ("28756-01", "28756-02", "28757-01")] == ["0.0", None, None]


def test_in_a_few_days_of_a_quarter_no_return_is_owed_and_what_happened_is_known_from_the_quarters(
    fresh_database: Engine,
) -> None:
    came = submission("28756-01", "2025Q1", date(2025, 3, 3))
    position = record(fresh_database, [*small_province(), *came])
    found = shown(fresh_database, position, "2025-02-10..2025-03-15")
    assert (found["28756-01"]["voted"], found["28756-02"]["voted"], found["83"]["voted"]) == (0, None, 0)
    assert {found["83"][code] for code in ("members", "members_new", "target.nominated", "completeness")} == {None}
    assert found["83"]["returns"] is None
    with fresh_database.connect() as connection:
        period = parse("2025-02-10..2025-03-15")
        content = compile_period(connection, period, position).content(unit_id("83"), "official")
    assert content["submissions"]["expected"] is None


def test_a_return_that_was_taken_back_and_one_not_decided_yet_speak_of_nothing(fresh_database: Engine) -> None:
    from events.types.submissions import SubmissionReturned

    received, verdict = submission("28756-01", "2025Q1", date(2025, 3, 3))
    name = received.stream.removeprefix("submission-")
    positions = [
        record(fresh_database, [*small_province(), received]),
        record(fresh_database, [verdict]),
        record(fresh_database, [NewEvent(received.stream, 3, SubmissionReturned(name, "incomplete"), Cause(name))]),
    ]
    assert [shown(fresh_database, position)["28756-01"]["voted"] for position in positions] == [None, 0, None]


def test_the_quarter_before_does_not_speak_of_one_whose_data_begins_in_it(fresh_database: Engine) -> None:
    counted = PolicySet("counted_until", "last/14", date(2020, 1, 1))
    came = submission("28756-01", "2024Q4", date(2024, 12, 16))
    position = record(fresh_database, [*small_province(), NewEvent("policy-counted-until", 1, counted), *came])
    assert shown(fresh_database, position)["28756-01"]["voted"] is None
    assert shown(fresh_database, position, "2024Q4")["28756-01"]["voted"] == 0
