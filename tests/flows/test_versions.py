"""A second version of event types, all the way: whoever reads an event has it as its type says it today.

Today's types stand for version 2. What was recorded under version 1 is written as it would have been then: counts in
another unit, and fields under other names.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine

from events import vault
from events.checks import VerifyFailed
from events.log import appending, canonical, recorded
from events.log.ladder import LADDER
from events.proof import receipt
from events.vault import holds
from flows import audit, checkpoints
from flows.audit import FigureTrace, SubmissionTrace
from flows.erasure import erase
from flows.quality import check_quality
from flows.restating import restate
from flows.verify import verify, verify_snapshot
from schemas.periods import parse
from tests.accounts import account, logged_in, written
from tests.actors import TESTER
from tests.flows import tampering
from tests.flows.checked_close import checked_close
from tests.flows.office import Office
from tests.rows import AN, BINH, membership, vote
from warehouse.facts.origins import Origin
from warehouse.migrate import upgrade
from warehouse.rebuild import rebuild

Data = dict[str, Any]
Q1 = parse("2025Q1")


def renamed(**names: str) -> Callable[[Data], Data]:
    """Data with fields under other names."""
    return lambda data: {names.get(name, name): value for name, value in data.items()}


def scaled(up: int, down: int) -> Callable[[Data], Data]:
    return lambda data: data | {"value": data["value"] * up // down}


VERSIONS: dict[str, tuple[Callable[[Data], Data], Callable[[Data], Data]]] = {
    "MembershipCounted": (scaled(10, 1), scaled(1, 10)),
    "SubmissionReceived": (
        renamed(commitment="seal", submission="file"),
        renamed(seal="commitment", file="submission"),
    ),
    "SubmissionFoundValid": (
        renamed(facts="events", rows="lines", submission="file"),
        renamed(events="facts", lines="rows", file="submission"),
    ),
    "NomineeIdentified": (renamed(subject="person", sex="gender"), renamed(person="subject", gender="sex")),
    "BranchVoted": (renamed(on="day"), renamed(day="on")),
    "HoldPlaced": (renamed(hold="id"), renamed(id="hold")),
    "HoldReleased": (renamed(hold="id"), renamed(id="hold")),
    "SubjectErased": (renamed(submissions="files"), renamed(files="submissions")),
    "ReportCompiled": (renamed(content_hash="hash"), renamed(hash="content_hash")),
}
"""By type, how data of today was written in version 1, and how it comes up from there."""


CHANGE = "update events.event set body = replace(body::text, '{}', '{}')::json where position = {{held}}"


def unstamped_before(event: recorded.NewEvent, by: str) -> bytes:
    """The body of an event as it was written while version 1 was all there was."""
    body = recorded.unstamped(event, by)
    plain = msgspec.json.decode(body)
    if plain["type"] not in VERSIONS:
        return body
    down, _ = VERSIONS[plain["type"]]
    return canonical.dumps(plain | {"data": down(plain["data"]), "v": 1})


@pytest.fixture(scope="module")
def lively(module_database: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A province in which everything was done once under each version, with a fact of one corrected under the other."""
    office = Office.open(written(module_database.url), tmp_path_factory.mktemp("office"))
    people = {"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]}
    with pytest.MonkeyPatch.context() as today:
        for name, (_, up) in VERSIONS.items():
            today.setitem(LADDER, name, (up,))
        recorded._kind.cache_clear()
        with pytest.MonkeyPatch.context() as before:
            before.setattr(appending, "unstamped", unstamped_before)
            office.send({**people, "membership": membership(40, 20)})
            office.send({"nominees": [BINH], "membership": membership(30, 10)}, "28756-02")
            act(office, "2025Q1")
            binh = office.query("select subject::text as id from nominee order by identified_on desc")[0].id
            erase(office.context, binh, "recorded_in_error")
        office.send({**people, "nominees": [{**AN, "on": date(2025, 1, 11)}], "membership": membership(41, 21)})
        office.send({"membership": membership(7, 3)}, "28807-01")
        act(office, "2025Q2")
        checkpoints.sign(office.context)
        yield office
    recorded._kind.cache_clear()


def act(office: Office, period: str) -> None:
    """What is done beside returns: reports are closed, a person is read of, held, and released."""
    checked_close(office.context, parse(period))
    with office.context.engine.begin() as connection:
        person = connection.exec_driver_sql(
            "select subject::text from vault.subject where match is not null order by subject limit 1"
        ).scalar_one()
        assert vault.read_person(connection, office.context.keystore, person, "officer", "test", TESTER)
    with office.context.engine.begin() as connection:
        assert holds.place(connection, person, "inspection", "officer", TESTER)
        assert [hold.reason for hold in holds.in_force(connection)] == ["inspection"]
        assert holds.release(connection, person, "chief", TESTER)
        assert holds.in_force(connection, person) == []


def versions(office: Office) -> dict[str, set[int]]:
    rows = office.query("select type, (body ->> 'v')::integer as v from events.event")
    return {name: {row.v for row in rows if row.type == name} for name in {row.type for row in rows}}


def test_all_that_reads_an_event_agrees_on_what_it_says(lively: Office) -> None:
    recorded_in = versions(lively)
    both = VERSIONS.keys() - {"SubjectErased", "BranchVoted"}
    assert {name for name, found in recorded_in.items() if found == {1, 2}} == both
    assert recorded_in["SubjectErased"] == recorded_in["BranchVoted"] == {1}

    # The projection, again by a rebuild, and by the quality check, which projects the newest part a second time.
    members = "select value from membership where measure = 'members' and position_to is null order by value"
    assert [row.value for row in lively.query(members)] == [7, 30, 41]
    assert (lively.figures()["members"], lively.figures()["voted"]) == (78, 1)
    assert rebuild(lively.context.engine).differing == ()
    assert [row.value for row in lively.query(members)] == [7, 30, 41]
    assert check_quality(lively.context, Q1).failed == ()

    # Verification, by the program and by an auditor who was given nothing but the role, which is enough by itself.
    keys = checkpoints.keys_of(lively.context)
    upgrade(lively.context.engine)  # A copy of a database has none of the rights on the database itself.
    with lively.context.engine.begin() as connection:
        connection.exec_driver_sql(f"revoke temporary on database {lively.context.engine.url.database} from public")
    found = verify(lively.context.engine, keys)
    assert (found.files, found.persons, found.reports) == (4, 2, 16)
    with account(lively.context.engine, "in role nguon_auditor") as url, logged_in(url) as auditor:
        # Without the right to open what is sealed, nothing of it is held against the facts.
        assert verify(auditor, keys) == replace(found, replayed=0, partly=0, unchecked=("vault",))

    # A receipt of each submission, and the trace of a figure to the cells and of a submission to its facts.
    note = checkpoints.sign(lively.context).note
    sent = [row.submission for row in lively.query("select submission::text from submission order by position")]
    names = ["28756-01 2025Q1 1.xlsx", None, "28756-01 2025Q1 3.xlsx", "28807-01 2025Q1 4.xlsx"]
    for submission, name in zip(sent, names, strict=True):
        with lively.context.engine.begin() as connection:
            proven = receipt.verify_receipt(receipt.make(connection, submission, note), keys.log, partial=True)
        assert (proven.submission, proven.valid) == (submission, True)
        traced = audit.trace(lively.context, submission, "tester")
        assert isinstance(traced, SubmissionTrace) and traced.file == name
        assert [fact.position for fact in traced.facts] == [e.position for e in proven.events if e.cause][1:]
        origin = audit.trace(lively.context, str(traced.position), "tester")
        assert isinstance(origin, Origin) and (origin.submission, origin.file) == (submission, name)
    figure = audit.trace(lively.context, "2025Q1:83:members", "tester")
    assert isinstance(figure, FigureTrace)
    assert [fact.value for fact, _ in figure.parts[0].facts] == [40, 30]


def test_a_correction_across_versions_is_told_as_one(lively: Office) -> None:
    restated = {figure.code: figure for figure in restate(lively.context, "83", Q1).figures}
    members = restated["members"]
    assert (members.issued, members.now) == (70, 78)
    assert sorted((cause.kind, cause.value) for cause in members.causes) == [
        ("correction", -40),
        ("correction", 41),
        ("late", 7),
    ]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("update vault.hold set reason = 'complaint'", "hold_changed"),
        (CHANGE.format('"v":1', '"v":3'), "body_unknown"),
        (CHANGE.format('"id"', '"it"'), "body_malformed"),
    ],
)
def test_what_was_changed_of_an_older_event_is_found(lively: Office, statement: str, fault: str) -> None:
    keys = checkpoints.keys_of(lively.context)
    (held, *_) = lively.query("select position from events.event where type = 'HoldPlaced' order by position")[0]
    with lively.context.engine.connect() as connection:
        tampering.unlock(connection)
        with pytest.raises(VerifyFailed) as unlocked:
            verify_snapshot(connection, keys)
        assert {part.key for part in unlocked.value.parts} <= {"verify.guard_changed", "verify.guard_missing"}
        connection.exec_driver_sql(statement.format(held=held))
        with pytest.raises(VerifyFailed) as raised:
            verify_snapshot(connection, keys)
        connection.rollback()
    assert raised.value.key == f"verify.{fault}"
