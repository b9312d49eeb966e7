"""Nominees between two units: with whom they stand, who is told, and how they are taken over."""

from datetime import date

import pytest

from events.types.units import UnitDissolved, UnitDivided, UnitMerged
from flows.commands.nominees import nominees
from flows.terminal.answer import Table
from flows.units import changes
from tests.flows.office import Office
from tests.flows.test_returns import CLASS_SENT, OTHER, RECEIVED, TRANSFERRED, TWO, as_, step
from tests.rows import AN, BINH, vote
from warehouse.hierarchy.history import last_codes
from warehouse.returns.taking_over import to_take_over

ONE, DAY = "28756-01", date(2025, 5, 15)


def waiting(office: Office, on: date = date(2025, 6, 30), root: str | None = None) -> list[tuple[str, str, str]]:
    """The newest step of each who waits, the unit that they stand with, and the one that is waited for."""
    with office.context.engine.connect() as connection:
        found = to_take_over(connection, on, 10**9, office.unit(root) if root else None)
        code = last_codes(connection, {unit for one in found for unit in (one.unit, *one.path)})
    return [(one.step, code[one.unit], code[one.path[-2 if one.undecidable else -1]]) for one in found]


def candidates(office: Office) -> dict[str, int]:
    """How many stand with each branch, and with the line of one that has ended."""
    codes = (ONE, TWO, OTHER, "83")
    found = {code: office.figures("2025Q2", code).get("standing_nominees", 0) for code in codes}
    return {code: number for code, number in found.items() if number}


def nominated(office: Office) -> None:
    resolved = step(AN, "Đoàn cơ sở ra nghị quyết giới thiệu (4-KNĐ)", date(2025, 3, 1))
    office.send({"nominees": [AN, BINH], "steps": [vote(AN, date(2025, 2, 1)), resolved]})


def test_who_is_handed_over_stands_with_the_sender_until_the_receiver_reports_of_them(office: Office) -> None:
    nominated(office)
    away = step(AN, TRANSFERRED, DAY, receiver=OTHER)
    assert office.send({"steps": [away]}, ONE, "2025Q2").valid
    assert waiting(office, date(2025, 5, 14)) == []
    assert waiting(office) == waiting(office, root="831") == [("nominated", ONE, OTHER)]
    assert waiting(office, root="829") == []
    assert candidates(office) == {ONE: 1, "83": 1}
    changes.record(office.context, [UnitMerged(office.unit(OTHER), office.unit(TWO), date(2025, 6, 1))])
    assert waiting(office) == [("nominated", ONE, TWO)]
    assert as_(office, TWO, TWO, "2025Q2", {"steps": [step(AN, RECEIVED, date(2025, 6, 2))]}).valid
    assert waiting(office) == []
    assert candidates(office) == {TWO: 1, "83": 1}


def test_who_is_left_behind_is_listed_until_a_unit_reports_of_them(office: Office) -> None:
    nominated(office)
    changes.record(office.context, [UnitDissolved(office.unit(ONE), DAY)])
    assert waiting(office, date(2025, 5, 14)) == []
    assert sorted(waiting(office, root="28756")) == [("identified", ONE, "28756"), ("nominated", ONE, "28756")]
    assert office.send({"steps": [step(AN, RECEIVED, DAY)]}, TWO, "2025Q2").valid
    assert waiting(office) == [("identified", ONE, "28756")]
    assert candidates(office) == {TWO: 1, "83": 1}
    assert office.send({"steps": [step(BINH, "Rút giới thiệu", DAY)]}, OTHER, "2025Q2").valid
    assert waiting(office) == []


def test_who_stood_with_a_unit_that_was_divided_is_listed_until_one_of_its_heirs_reports(office: Office) -> None:
    nominated(office)
    heirs = (office.unit(TWO), office.unit(OTHER))
    changes.record(office.context, [UnitDivided(office.unit(ONE), heirs, DAY)])
    assert {waits for _, _, waits in waiting(office)} == {"83"}
    assert candidates(office) == {ONE: 1, "83": 1}, "on the line of the one that was divided"
    assert as_(office, OTHER, OTHER, "2025Q2", {"steps": [step(AN, CLASS_SENT, date(2025, 6, 2))]}).valid
    assert waiting(office) == [("identified", ONE, "83")]
    assert candidates(office) == {OTHER: 1, "83": 1}


def test_an_officer_sees_ids_steps_and_units_and_no_name(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    nominated(office)
    assert office.send({"steps": [step(AN, TRANSFERRED, DAY, receiver=OTHER)]}, ONE, "2025Q2").valid
    monkeypatch.setattr("flows.ready.ready", lambda: office.context)
    answer = nominees(unit="831", on=date(2025, 6, 30))
    told = answer.data["nominees"][0]  # type: ignore[index]
    assert told | {"subject": ""} == {
        "subject": "",
        "step": "nominated",
        "on": date(2025, 3, 1),
        "unit": ONE,
        "waits_for": OTHER,
        "handed_over_on": DAY,
    }
    ((_, *row),) = next(part for part in answer.parts if isinstance(part, Table)).rows
    resolved, why = "Đoàn cơ sở ra nghị quyết giới thiệu (4-KNĐ)", "Đã chuyển ngày 15/05/2025, nơi nhận chưa báo cáo"
    assert row == [resolved, "01/03/2025", ONE, OTHER, why]
    assert str(AN["name"]) not in str(answer)
    assert nominees(unit="829", on=date(2025, 6, 30)).data["nominees"] == []


def test_of_who_went_to_a_unit_that_is_not_known_here_nobody_is_waited_for(office: Office) -> None:
    nominated(office)
    assert office.send({"steps": [step(AN, TRANSFERRED, DAY)]}, ONE, "2025Q2").valid
    assert waiting(office) == []
