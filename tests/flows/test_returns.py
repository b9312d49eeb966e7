"""Returns beside each other: who states a fact, which statement counts, and what a revision may do to other returns."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from events.types.units import (
    UnitDissolved,
    UnitDivided,
    UnitEstablished,
    UnitMerged,
    UnitRecoded,
    UnitRevived,
)
from flows import validation
from flows.erasure import erase
from flows.units import changes
from flows.validation import Verdict
from schemas.forms.quarterly import QUARTERLY
from schemas.periods import parse
from schemas.templates.template import workbook
from tests.flows.office import Office
from tests.rows import AN, BINH, membership, vote
from tests.warehouse.province import unit_id
from warehouse.projections import project

NOMINATED = "Đoàn cơ sở ra nghị quyết giới thiệu (4-KNĐ)"
TRANSFERRED = "Chuyển sinh hoạt"
RECEIVED = "Tiếp nhận sinh hoạt"
CLASS_SENT = "Cử học lớp nhận thức về Đảng"
ONE, TWO, OTHER = "28756-01", "28756-02", "28807-01"


def step(of: Mapping[str, object], title: str, on: date, **more: object) -> dict[str, object]:
    return {"identity": of["identity"], "step": title, "on": on, **more}


def codes(verdict: Verdict) -> list[tuple[str, str | None]]:
    """The findings that are errors, with their cells."""
    return [(f.code, f.cell) for f in verdict.findings if f.severity == "error"]


def warnings(verdict: Verdict) -> set[tuple[str, str | None]]:
    return {(f.code, f.cell) for f in verdict.findings if f.severity == "warning"}


def reorganise(office: Office, *what: Any) -> None:
    changes.record(office.context, what)


def as_(
    office: Office, code: str, unit: str, period: str, rows: Mapping[str, Sequence[Mapping[str, object]]]
) -> Verdict:
    """Send the workbook of a unit (by the code that it bore first) whose template bears another code."""
    filled = {"membership": membership(10), **rows}
    content = workbook(QUARTERLY, office.unit(unit), code, "Chi đoàn", parse(period), filled)
    path = office.folder / f"{code} {period} {len(list(office.folder.glob('*.xlsx')))}.xlsx"
    path.write_bytes(content)
    submission = office.receive(path, parse(period).last)
    verdicts = {verdict.submission: verdict for verdict in validation.validate_pending(office.context)}
    project.project(office.context.engine)
    return verdicts[submission]


def votes(office: Office) -> list[tuple[date, int]]:
    rows = office.query("select on_date, votes_for from step where step = 'voted' and position_to is null order by 1")
    return [tuple(row) for row in rows]


# What counts


def test_a_return_that_is_sent_again_sets_nothing_back_that_a_later_one_changed(office: Office) -> None:
    first = {"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]}
    office.send(first)
    later = {
        "nominees": [{**AN, "source_group": "Dân quân tự vệ"}],
        "steps": [vote(AN, date(2025, 2, 1), votes_for=11)],
    }
    assert office.send(later, period="2025Q2").valid
    for again in (first | {"membership": membership(11)}, first | {"membership": membership(12)}):
        assert office.send(again).valid
        assert votes(office) == [(date(2025, 2, 1), 11)]
        assert office.figures()["identified.source_group.militia"] == 1
    assert office.figures()["members"] == 12
    assert office.send({}, period="2025Q2").valid
    assert votes(office) == [(date(2025, 2, 1), 15)]
    assert office.figures()["identified.source_group.resident"] == 1


def test_a_step_falls_with_the_last_return_that_states_it(office: Office) -> None:
    rows = {"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]}
    office.send(rows)
    office.send(rows, period="2025Q2")
    out = office.send({"nominees": [AN]})
    assert office.events(out) == ["FactRetracted"]
    assert len(votes(office)) == 1
    office.send({"nominees": [AN]}, period="2025Q2")
    assert votes(office) == []


def test_taking_the_first_of_three_activities_out_is_one_retraction(office: Office) -> None:
    held = [
        {"activity": "Sinh hoạt chuyên đề", "on": date(2025, 2, 3), "participants": number, "members": 3}
        for number in (5, 6, 7)
    ]
    office.send({"activities": held})
    assert office.figures()["activity.theme_meeting"] == 3
    assert office.events(office.send({"activities": held[1:]})) == ["FactRetracted"]
    assert office.events(office.send({"activities": held[1:][::-1]})) == []
    assert office.figures()["activity.theme_meeting.participants"] == 13
    added = office.send({"activities": [*held[1:], {**held[0], "participants": 9}]})
    assert office.events(added) == ["ActivityHeld"]
    assert office.figures()["activity.theme_meeting.participants"] == 22


# Several units, one person


def test_of_two_units_that_name_one_new_nominee_in_a_wave_the_first_has_them(office: Office) -> None:
    first = office.receive(office.write({"nominees": [AN]}, ONE))
    second = office.receive(office.write({"nominees": [BINH, AN]}, OTHER))
    verdicts = {verdict.submission: verdict for verdict in validation.validate_pending(office.context)}
    assert verdicts[first].valid
    assert codes(verdicts[second]) == [("nominee.elsewhere", "A5")]


def test_a_nominee_is_handed_over_with_the_transfer_on_its_day(office: Office) -> None:
    office.send({"nominees": [AN]})
    away = step(AN, TRANSFERRED, date(2025, 5, 10), receiver=OTHER)
    assert office.send({"steps": [vote(AN, date(2025, 4, 1)), away]}, ONE, "2025Q2").valid
    early = office.send({"steps": [step(AN, CLASS_SENT, date(2025, 5, 9))]}, OTHER, "2025Q2")
    assert codes(early) == [("step.not_responsible", "A4")]
    assert office.send({"steps": [step(AN, CLASS_SENT, date(2025, 5, 10))]}, OTHER, "2025Q2").valid
    late = office.send({"steps": [step(AN, NOMINATED, date(2025, 7, 10))]}, ONE, "2025Q3")
    assert codes(late) == [("step.not_responsible", "A4")]
    assert office.send({"steps": [step(AN, NOMINATED, date(2025, 7, 10))]}, OTHER, "2025Q3").valid
    receivers = office.query("select receiver::text from step where step = 'transferred' and position_to is null")
    assert [row.receiver for row in receivers] == [office.unit(OTHER)]


def test_who_was_handed_back_within_the_quarter_is_reported_by_both(office: Office) -> None:
    office.send({"nominees": [AN]})
    away = step(AN, TRANSFERRED, date(2025, 4, 10), receiver=OTHER)
    back = step(AN, TRANSFERRED, date(2025, 5, 10), receiver=ONE)
    assert office.send({"steps": [away]}, ONE, "2025Q2").valid
    assert office.send({"steps": [back]}, OTHER, "2025Q2").valid
    assert codes(office.send({"steps": [away, vote(AN, date(2025, 5, 9))]}, ONE, "2025Q2")) == [
        ("step.not_responsible", "A5")
    ]
    assert office.send({"steps": [away, vote(AN, date(2025, 6, 1))]}, ONE, "2025Q2").valid


def test_nobody_reports_of_a_nominee_who_went_to_a_unit_that_is_not_known_here(office: Office) -> None:
    office.send({"nominees": [AN], "steps": [step(AN, TRANSFERRED, date(2025, 3, 1))]})
    for unit in (ONE, OTHER):
        verdict = office.send({"steps": [step(AN, CLASS_SENT, date(2025, 4, 1))]}, unit, "2025Q2")
        assert codes(verdict) == [("step.not_responsible", "A4")]


# What a revision may do to later returns


@pytest.mark.parametrize(
    ("revised", "cell"),
    [
        ({}, ("nominee.needed", "A4")),
        ({"nominees": [{**AN, "on": date(2025, 2, 20)}]}, ("step.needed", "A4")),
        ({"nominees": [AN]}, ("step.needed", "A4")),
        ({"nominees": [AN], "steps": [vote(AN, date(2025, 3, 20))]}, None),
        ({"nominees": [{**AN, "on": date(2025, 3, 20)}], "steps": [vote(AN, date(2025, 3, 20))]}, None),
    ],
)
def test_a_revision_takes_nothing_away_on_which_later_returns_rest(
    office: Office, revised: dict[str, Any], cell: tuple[str, str] | None
) -> None:
    """Their person, the step before, or its day."""
    office.send({"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]})
    assert office.send({"steps": [step(AN, NOMINATED, date(2025, 4, 10))]}, period="2025Q2").valid
    verdict = office.send(revised)
    assert codes(verdict) == ([cell] if cell else [])
    assert verdict.valid == (cell is None)
    assert office.figures("2025Q2")["nominated"] == 1


def test_a_revision_puts_nothing_behind_what_later_returns_say(office: Office) -> None:
    office.send({"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]})
    repeated = {"steps": [step(AN, NOMINATED, date(2025, 2, 10))]}
    assert office.send(repeated, period="2025Q2").valid
    late = office.send({"nominees": [AN], "steps": [vote(AN, date(2025, 2, 11))]})
    assert ("step.after_follower", "C4") in codes(late)
    later = office.send({"nominees": [{**AN, "on": date(2025, 2, 11)}], "steps": [vote(AN, date(2025, 2, 11))]})
    assert {("step.after_follower", "G4"), ("step.after_follower", "C4")} == set(codes(later))
    assert office.send({"nominees": [AN], "steps": [vote(AN, date(2025, 2, 10))]}).valid


# Identity numbers


def test_a_corrected_number_carries_over_to_the_returns_that_know_the_person_by_the_old_one(office: Office) -> None:
    mistyped = {**AN, "identity": "083204001200"}
    office.send({"nominees": [mistyped], "steps": [vote(mistyped, date(2025, 2, 1))]})
    second = {"steps": [step(mistyped, NOMINATED, date(2025, 4, 10))]}
    office.send(second, period="2025Q2")
    corrected = office.send({"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]})
    assert corrected.valid
    assert ("nominee.renumbered", "A4") in warnings(corrected)
    assert office.events(corrected) == ["NomineeIdentified~"]
    for of in (mistyped, AN):
        again = office.send({"steps": [step(of, NOMINATED, date(2025, 4, 11))]}, period="2025Q2")
        assert again.valid
    assert (office.figures()["identified"], office.figures("2025Q2")["nominated"]) == (1, 1)
    (person,) = office.query("select subject::text as id from nominee where position_to is null")
    erase(office.context, person.id, "request_of_the_person")
    kept = office.query("select match from vault.subject union all select match from vault.former_match")
    assert [row.match for row in kept if row.match is not None] == []
    for of in (mistyped, AN):
        anew = office.send({"nominees": [of]}, OTHER)
        assert not anew.valid and [found.code for found in anew.findings] == ["nominee.erased"], "by either number"


def test_among_people_of_one_name_and_birth_date_no_number_is_taken_for_another(office: Office) -> None:
    namesake = {**AN, "identity": "083204001299"}
    office.send({"nominees": [AN, namesake]})
    unknown = {**AN, "identity": "083204001255"}
    assert office.send({"nominees": [unknown]}).valid
    assert office.query("select from vault.former_match") == []
    assert office.figures()["identified"] == 1
    assert office.send({"nominees": [{**AN, "identity": number} for number in ("083204001256", "083204001257")]}).valid
    assert office.query("select from vault.former_match") == []
    assert office.figures()["identified"] == 2


# Units as of the period


DAY = date(2025, 5, 15)


def test_a_recoded_unit_reports_under_every_code_that_it_bore_in_the_period(office: Office) -> None:
    reorganise(office, UnitRecoded(office.unit(ONE), "28756-09", DAY))
    assert as_(office, ONE, ONE, "2025Q1", {"nominees": [AN]}).valid
    assert codes(as_(office, "28756-09", ONE, "2025Q1", {"nominees": [AN]})) == [("cover.unit_unknown", None)]
    for code in (ONE, "28756-09"):
        assert as_(office, code, ONE, "2025Q2", {}).valid
    assert codes(as_(office, ONE, ONE, "2025Q3", {})) == [("cover.unit_unknown", None)]
    assert as_(office, "28756-09", ONE, "2025Q3", {"steps": [vote(AN, date(2025, 7, 1))]}).valid


@pytest.mark.parametrize("how", ["merged", "divided", "dissolved"])
def test_a_unit_that_has_ended_hands_in_and_corrects_its_earlier_quarters(office: Office, how: str) -> None:
    office.send({"nominees": [AN]})
    unit, heir = office.unit(ONE), office.unit(TWO)
    new = UnitEstablished(unit_id("28756-03"), "28756-03", "Chi đoàn Khu phố 3", "branch", 4, DAY, office.unit("28756"))
    match how:
        case "merged":
            reorganise(office, UnitMerged(unit, heir, DAY))
        case "divided":
            reorganise(office, new, UnitDivided(unit, (heir, new.unit), DAY))
        case "dissolved":
            reorganise(office, UnitDissolved(unit, DAY))
    assert as_(office, ONE, ONE, "2025Q1", {"nominees": [AN, BINH]}).valid
    assert as_(office, ONE, ONE, "2025Q2", {"steps": [vote(AN, date(2025, 5, 10))]}).valid
    assert codes(as_(office, ONE, ONE, "2025Q3", {})) == [("cover.unit_unknown", None)]
    assert office.figures("2025Q1")["identified"] == 2
    assert office.figures("2025Q2")["voted"] == 1
    by_heir = as_(office, TWO, TWO, "2025Q2", {"nominees": [AN], "steps": [step(AN, NOMINATED, date(2025, 6, 10))]})
    assert codes(by_heir) == []
    other = as_(office, OTHER, OTHER, "2025Q2", {"steps": [step(BINH, CLASS_SENT, date(2025, 6, 10))]})
    assert codes(other) == ([] if how == "dissolved" else [("step.not_responsible", "A4")])


def test_an_heir_reports_of_those_whom_it_inherited_and_they_stand_with_it_from_then_on(office: Office) -> None:
    way = [vote(AN, date(2025, 2, 1)), step(AN, NOMINATED, date(2025, 3, 1))]
    office.send({"nominees": [AN], "steps": way})
    new = UnitEstablished(unit_id("28756-03"), "28756-03", "Chi đoàn Khu phố 3", "branch", 4, DAY, office.unit("28756"))
    reorganise(office, new, UnitDivided(office.unit(ONE), (office.unit(TWO), new.unit), DAY))
    assert office.figures("2025Q2", TWO).get("standing_nominees") is None
    of_heir = {"steps": [step(AN, CLASS_SENT, date(2025, 6, 1))]}
    assert as_(office, TWO, TWO, "2025Q2", of_heir).valid
    assert (office.figures("2025Q2", TWO)["standing_nominees"], office.figures("2025Q2", TWO)["class_sent"]) == (1, 1)
    # It corrects an earlier quarter with a revision of the return of the unit that has ended.
    revised = {"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1), votes_for=14), way[1]]}
    assert as_(office, ONE, ONE, "2025Q1", revised).valid
    assert votes(office) == [(date(2025, 2, 1), 14)]


def test_of_whom_a_unit_leaves_behind_that_nobody_follows_any_other_may_report_since_then(office: Office) -> None:
    office.send({"nominees": [AN, BINH]})
    reorganise(office, UnitDissolved(office.unit(ONE), DAY))
    early = office.send({"steps": [step(AN, CLASS_SENT, date(2025, 5, 14))]}, OTHER, "2025Q2")
    assert codes(early) == [("step.not_responsible", "A4")]
    taken_over = {"steps": [step(AN, RECEIVED, DAY), step(AN, CLASS_SENT, date(2025, 6, 1))]}
    assert office.send(taken_over, OTHER, "2025Q2").valid
    assert office.send({"nominees": [{**BINH, "on": date(2025, 2, 1)}]}, TWO, "2025Q2").valid
    reorganise(office, UnitRevived(office.unit(ONE), date(2025, 8, 1), office.unit("28756")))
    late = office.send({"steps": [step(AN, RECEIVED, date(2025, 8, 2))]}, TWO, "2025Q3")
    assert codes(late) == [("step.not_responsible", "A4")]


def test_what_an_heir_says_of_whom_it_inherited_stays_with_the_unit_that_it_was_of(office: Office) -> None:
    office.send({"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]})
    reorganise(office, UnitMerged(office.unit(ONE), office.unit(TWO), DAY))
    rows = {
        "nominees": [AN],
        "steps": [vote(AN, date(2025, 2, 1), votes_for=14), step(AN, NOMINATED, date(2025, 6, 1))],
    }
    assert as_(office, TWO, TWO, "2025Q2", rows).valid
    units = office.query("select unit::text, step from step where position_to is null order by on_date")
    assert [(row.step, row.unit) for row in units] == [
        ("identified", office.unit(ONE)),
        ("voted", office.unit(ONE)),
        ("nominated", office.unit(TWO)),
    ]
    assert votes(office) == [(date(2025, 2, 1), 14)]


def test_an_heir_takes_nobody_on_for_a_period_for_which_the_unit_itself_reported(office: Office) -> None:
    """Else two returns would say when somebody was identified, and neither would be the later one."""
    office.send({"nominees": [AN]})
    reorganise(office, UnitMerged(office.unit(ONE), office.unit(TWO), DAY))
    assert as_(office, TWO, TWO, "2025Q2", {"nominees": [AN]}).valid
    late = as_(office, TWO, TWO, "2025Q1", {"nominees": [{**AN, "on": date(2025, 2, 10)}]})
    assert codes(late) == [("nominee.elsewhere", "A4")]


def test_what_was_taken_back_on_its_own_day_never_was(office: Office) -> None:
    unit = office.unit(ONE)
    reorganise(office, UnitRecoded(unit, "28756-08", DAY))
    reorganise(office, UnitRecoded(unit, "28756-09", DAY))
    assert codes(as_(office, "28756-08", ONE, "2025Q2", {})) == [("cover.unit_unknown", None)]
    away = step(AN, TRANSFERRED, date(2025, 6, 1), receiver="28756-08")
    assert ("unit.unknown", "I4") in codes(as_(office, "28756-02", TWO, "2025Q2", {"steps": [away]}))
    reorganise(office, UnitDissolved(unit, date(2025, 8, 1)))
    reorganise(office, UnitRevived(unit, date(2025, 11, 1), office.unit("28756")))
    reorganise(office, UnitDissolved(unit, date(2025, 11, 1)))
    assert as_(office, "28756-09", ONE, "2025Q3", {}).valid
    assert codes(as_(office, "28756-09", ONE, "2025Q4", {})) == [("cover.unit_unknown", None)]


def test_a_workbook_that_came_before_its_unit_was_known_is_a_revision_like_any_other(office: Office) -> None:
    """Two revisions of one return are decided one after the other, whatever could be told of them when they came."""
    held = [{"activity": "Sinh hoạt chuyên đề", "on": date(2025, 6, 3), "participants": 5, "members": 3}]
    sent = []
    for rows in ({"activities": held}, {"membership": membership(11)}):
        filled = {"membership": membership(10), **rows}
        content = workbook(QUARTERLY, office.unit(ONE), "28756-09", "Chi đoàn", parse("2025Q2"), filled)
        path = office.folder / f"{len(sent)}.xlsx"
        path.write_bytes(content)
        sent.append(office.receive(path, date(2025, 6, 15)))
        if len(sent) == 1:
            reorganise(office, UnitRecoded(office.unit(ONE), "28756-09", DAY))
    verdicts = validation.validate_pending(office.context)
    assert [(verdict.submission, verdict.valid) for verdict in verdicts] == [(one, True) for one in sent]
    assert office.events(verdicts[1]) == ["MembershipCounted~", "MembershipCounted~", "FactRetracted"]
    figures = office.figures("2025Q2")
    assert (figures["members"], figures.get("activity.theme_meeting")) == (11, None)


def test_a_return_from_a_unit_that_owes_none_is_refused(office: Office) -> None:
    office.send({}, ONE)
    verdict = office.send({}, "28756")
    assert codes(verdict) == [("cover.unit_owes_none", None)]
    assert office.figures()["members"] == 10
