"""One bad event never stops a province: it is named, with its position, and passed over once that was decided."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from events import log
from events.checks import VerifyFailed
from events.errors import RefusedError, TerminalError, UsageError
from events.log.quarantine import STREAM
from events.log.read import read
from events.log.recorded import NewEvent
from events.types.quarantine import PositionQuarantined
from flows import checkpoints, quarantining
from flows.verify import verify
from tests.actors import TESTER
from tests.flows.nguon import Nguon
from tests.flows.office import Office
from tests.rows import AN
from warehouse.projections import project
from warehouse.rebuild import rebuild

POISON = {
    "PolicySet": '{"name":5}',
    "TargetSetByMoonlight": '{"unit":"x"}',
    "UnitRenamed": '{"name":"A"}',
    "UnitMoved": '{"on":"\\u0000"}',
}
"""Types, known and not, and data that none of them has: what no law of the table can tell."""


BODY = '{"at":"%s","by":"command.test","data":%s,"stream":"poison-one","type":"%s","v":1,"version":1}'


def poison(office: Office, kind: str) -> int:
    """Put an event into the log as an account may that may append, but past the program; its position."""
    with office.context.engine.begin() as connection:
        return int(
            connection.execute(
                text(
                    "insert into events.event (position, stream, stream_version, type, recorded_at, body)"
                    " select head_position + 1, 'poison-one', 1, :kind, stamp,"
                    " json(format(:body, to_char(stamp at time zone 'UTC', :form), cast(:data as text), :kind))"
                    " from events.lock_head('poison-one', 1) returning position"
                ),
                {"kind": kind, "data": POISON[kind], "body": BODY, "form": 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'},
            ).scalar_one()
        )


@pytest.mark.parametrize("kind", POISON)
def test_what_nobody_can_read_is_named_and_can_be_passed_over(office: Office, kind: str, tmp_path: Path) -> None:
    assert office.send({"nominees": [AN]}).valid
    at = poison(office, kind)
    command = Nguon(office.context.settings.home)
    url = {"NGUON_DATABASE_URL": str(office.context.settings.database_url), "NGUON_LANG": "en"}
    faults = json.loads(command("verify", "--json", **url).stdout)["faults"]
    assert {"position": at} in [fault["where"] for fault in faults]
    with office.context.engine.connect() as connection, pytest.raises(TerminalError):
        list(read(connection))
    if kind != "TargetSetByMoonlight":  # what is projected; types that nobody knows are passed by
        with pytest.raises(TerminalError, match="event_poisoned"):
            project.project(office.context.engine)
        status = command("status", "2025Q1", **url)
        assert status.returncode == 3 and f"Event {at} " in status.stderr and status.stderr.count("\n") == 1
    done = command("quarantine", at, "--reason", "forged", **url)
    assert done.returncode == 0, done.stderr
    assert command("status", "2025Q1", **url).returncode == 0
    with office.context.engine.connect() as connection:
        assert at not in [event.position for event in read(connection)]
    verified = command("verify", "--json", **url)
    assert json.loads(verified.stdout)["quarantined"] == [at], verified.stdout
    assert command("log", "export", tmp_path / "export", **url).returncode == 0
    assert office.send({"nominees": [AN]}, period="2025Q2").valid
    assert command("trace", at, **url).stderr.count("\n") <= 1
    with pytest.raises(RefusedError, match="quarantined_already"):
        quarantining.quarantine(office.context, at, "forged")


def test_nobody_hides_a_fact_by_quarantining_it_past_the_program(office: Office) -> None:
    assert office.send({"nominees": [AN]}).valid
    fact, *_ = office.query("select position from events.event where type = 'MembershipCounted'")
    with office.context.engine.begin() as connection:
        log.append(connection, [NewEvent(STREAM, 1, PositionQuarantined(fact.position, "forged"))], TESTER)
    assert rebuild(office.context.engine).differing == ()
    assert office.query("select from membership where stated = :at", at=fact.position)
    with pytest.raises(VerifyFailed) as failed:
        verify(office.context.engine, checkpoints.keys_of(office.context))
    assert (failed.value.key, failed.value.details) == ("verify.quarantine_vain", {"position": fact.position})


def test_what_can_be_read_is_not_passed_over(office: Office) -> None:
    checkpoints.sign(office.context)
    with pytest.raises(RefusedError, match="event_readable"):
        quarantining.quarantine(office.context, 1, "damaged")
    with pytest.raises(UsageError, match="unknown_position"):
        quarantining.quarantine(office.context, 10**6, "damaged")
    with pytest.raises(UsageError, match="unknown_reason"):
        quarantining.quarantine(office.context, 1, "other")
