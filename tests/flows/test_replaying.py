"""A fact that no row states, and a row that no fact states, are found, whatever cause is claimed and whoever signed."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from events import log
from events.checks import LAWS, VerifyFailed
from events.log.recorded import Cause, NewEvent
from events.types import TYPES, nominations, returns
from events.types.returns import ActivityHeld, MembershipCounted
from events.types.submissions import SubmissionAccepted
from flows import checkpoints, policies, recording, reviewing
from flows.decide import differences
from flows.validation import Verdict
from flows.verify import Verified, verify
from schemas.forms.plan import PLAN
from schemas.vocabulary.terms import ACTIVITY, TARGET
from tests.actors import TESTER
from tests.flows.office import Office
from tests.rows import AN, BINH, membership, vote

STEPS = [vote(AN, date(2025, 2, 1))]


@pytest.fixture
def office(fresh_database: Engine, tmp_path: Path) -> Iterator[Office]:
    made = Office.open(fresh_database.url.render_as_string(hide_password=False), tmp_path)
    yield made
    made.context.engine.dispose()


def verified(office: Office) -> Verified:
    return verify(office.context.engine, checkpoints.keys_of(office.context))


def faults(office: Office) -> list[tuple[str, dict[str, object]]]:
    """What verification finds of a log whose head is signed, so that no body is opened but for cause."""
    checkpoints.sign(office.context)
    with pytest.raises(VerifyFailed) as raised:
        verified(office)
    return [(part.key.removeprefix("verify."), part.details) for part in raised.value.parts]


def version(office: Office, stream: str) -> int:
    with office.context.engine.connect() as connection:
        return log.stream_versions(connection, [stream])[stream]


def append(office: Office, *events: NewEvent) -> int:
    """Append as whoever holds a writer's account can; the first position."""
    with office.context.engine.begin() as connection:
        return log.append(connection, list(events), TESTER).first


def members(office: Office, sent: Verdict, value: int, cause: Cause | None) -> NewEvent:
    """An event that states another number of members."""
    (fact,) = office.query(
        "select stream, stream_version from events.event where type = 'MembershipCounted'"
        " and body #>> '{cause,submission}' = :submission and body #>> '{data,measure}' = 'members'",
        submission=sent.submission,
    )
    stated = MembershipCounted(office.unit("28756-01"), "2025Q1", "members", value)
    return NewEvent(fact.stream, version(office, fact.stream) + 1, stated, cause, fact.stream_version)


def test_what_returns_state_is_made_of_their_rows_again(office: Office) -> None:
    activity = {
        "activity": ACTIVITY.terms["theme_meeting"].vi,
        "on": date(2025, 1, 10),
        "participants": 20,
        "members": 9,
    }
    first = {"nominees": [AN, BINH], "steps": STEPS, "activities": [activity, activity]}
    assert office.send(first).valid
    assert office.send({**first, "activities": [activity, activity, {**activity, "participants": 21}]}).valid
    assert office.send({"nominees": [{**AN, "identity": "083204001235"}, BINH], "steps": []}).valid
    policies.lay_down(office.context, "review", "when_accepted", date(2025, 1, 1), unit="831")
    waiting = office.send({"membership": membership(12)}, unit="28807-01")
    assert waiting.valid
    assert verified(office).replayed == 3
    reviewing.accept(office.context, [waiting.submission])
    given_back = office.send({"membership": membership(13)}, unit="28756-02")
    reviewing.withdraw(office.context, given_back.submission, "sent_in_error")
    targets = [{"target": terms.vi, "value": 3} for terms in TARGET.terms.values()]
    assert office.send({"targets": targets}, period="2025", form=PLAN).valid
    found = verified(office)
    assert (found.replayed, found.partly) == (6, 0)


def test_a_fact_without_a_cause_is_found(office: Office) -> None:
    sent = office.send({"membership": membership(3_708)})
    with office.context.engine.begin() as connection:
        connection.exec_driver_sql("alter table events.event disable trigger guard_append")
        position = log.append(connection, [members(office, sent, 103_701, None)], TESTER).first
        connection.exec_driver_sql(
            "update events.head set (position, recorded_at) ="
            " (select position, recorded_at from events.event order by position desc limit 1)"
        )
        connection.exec_driver_sql("alter table events.event enable always trigger guard_append")
    assert ("fact_unsourced", {"position": position}) in faults(office)


def test_a_fact_that_names_a_return_but_was_not_announced_is_found(office: Office) -> None:
    sent = office.send({"membership": membership(3_708)})
    position = append(office, members(office, sent, 103_701, Cause(sent.submission, "membership", 4)))
    assert ("fact_unsourced", {"position": position}) in faults(office)


def test_a_fact_that_was_announced_and_that_no_row_states_is_found(office: Office) -> None:
    sent = office.send({"membership": membership(3_708)})
    stream = f"submission-{sent.submission}"
    accepted = NewEvent(
        stream,
        version(office, stream) + 1,
        SubmissionAccepted(sent.submission, counts=True, facts=1),
        Cause(sent.submission),
    )
    forged = members(office, sent, 103_701, Cause(sent.submission, "membership", 4))
    position = append(office, accepted, forged)
    found = faults(office)
    assert [key for key, _ in found] == ["fact_unstated", "fact_missing"]
    assert found[0][1] == {"position": position + 1, "submission": sent.submission}
    assert found[1][1] == {"submission": sent.submission, "position": position, "sheet": "membership", "row": 4}


@pytest.mark.parametrize(
    ("forge", "expected"),
    [
        (lambda events: events[:-1], ["fact_missing"]),
        (lambda events: [*events, _activity(events[-1])], ["fact_unstated"]),
        (lambda events: [*events[:-1], _moved(events[-1])], ["fact_misplaced"]),
    ],
    ids=["missing", "added", "another row"],
)
def test_what_the_program_itself_records_wrongly_is_found(
    office: Office, monkeypatch: pytest.MonkeyPatch, forge: object, expected: list[str]
) -> None:
    def wrong(*arguments: object) -> list[NewEvent]:
        return forge(differences(*arguments))  # type: ignore[arg-type, operator, no-any-return]

    monkeypatch.setattr(recording, "differences", wrong)
    office.send({"nominees": [AN], "steps": STEPS})
    assert [key for key, _ in faults(office)] == expected


def _activity(event: NewEvent) -> NewEvent:
    held = ActivityHeld(event.payload.unit, "2025Q1", "theme_meeting", date(2025, 1, 10), 4)  # type: ignore[attr-defined]
    return NewEvent(event.stream, event.version + 1, held, event.cause)


def _moved(event: NewEvent) -> NewEvent:
    assert event.cause is not None
    return replace(event, cause=replace(event.cause, row=99))


def test_a_person_whom_no_return_put_at_a_unit_is_found(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    other = office.unit("28807-01")

    def wrong(*arguments: object) -> list[NewEvent]:
        return [
            event
            if not isinstance(event.payload, nominations.NomineeIdentified)
            else replace(event, payload=replace(event.payload, unit=other))
            for event in differences(*arguments)  # type: ignore[arg-type]
        ]

    monkeypatch.setattr(recording, "differences", wrong)
    office.send({"nominees": [AN]})
    assert [key for key, _ in faults(office)] == ["fact_elsewhere"]


def test_the_law_of_sources_knows_every_fact_of_a_return() -> None:
    (law,) = (file for file in LAWS if file.name.endswith("source.sql"))
    written = law.read_text()
    ours = {name for name, cls in TYPES.items() if cls.__module__ in (nominations.__name__, returns.__name__)}
    assert {name for name in TYPES if f"'{name}'" in written.split("fact as not materialized (")[1]} == ours
