"""Whoever made an event come about is named in it: the command or the flow, and the trace shows it."""

import json
from datetime import date

from events.log.read import read
from tests.flows.conductor import Conductor
from tests.flows.nguon import Nguon
from tests.flows.office import Office
from tests.rows import AN, vote


def recorded(office: Office) -> set[tuple[str, str]]:
    """Every type of event in the log, and by whom."""
    with office.context.engine.connect() as connection:
        return {(event.type, event.by) for event in read(connection)}


def test_every_event_of_a_day_says_by_which_command(office: Office) -> None:
    variables = {"NGUON_DATABASE_URL": str(office.context.settings.database_url), "NGUON_LANG": "en"}
    nguon = Nguon(office.context.settings.home)
    assert recorded(office) == {("UnitEstablished", "command.test")}
    good = office.write({"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]})
    bad = office.write({"nominees": [{**AN, "sex": "?"}]}, "28756-02")

    submitted = nguon("submit", good, bad, "--received", "2025-03-15", **variables)
    assert submitted.returncode == 1, submitted.stderr
    (person,) = office.query("select subject::text as id from nominee")
    waiting = office.receive(office.write({}, "28807-01"))
    for words in (
        ("setaside", waiting, "--reason", "sent_in_error"),
        ("close", "2025Q1"),
        ("hold", "place", person.id, "--reason", "inspection"),
        ("hold", "release", person.id),
    ):
        done = nguon(*words, **variables)
        assert done.returncode == 0, done.stderr
    shown = nguon("trace", person.id, **variables).stdout
    traced = json.loads(nguon("trace", person.id, "--json", **variables).stdout)
    assert nguon("erase", person.id, "--reason", "recorded_in_error", **variables).returncode == 0

    assert recorded(office) == {
        ("UnitEstablished", "command.test"),
        ("SubmissionReceived", "command.submit"),
        ("SubmissionReceived", "command.test"),
        ("SubmissionFoundValid", "command.submit"),
        ("SubmissionSubmitted", "command.submit"),
        ("SubmissionFoundInvalid", "command.submit"),
        ("NomineeIdentified", "command.submit"),
        ("BranchVoted", "command.submit"),
        ("MembershipCounted", "command.submit"),
        ("SubmissionSetAside", "command.setaside"),
        ("QualityChecked", "command.close"),
        ("ReportCompiled", "command.close"),
        ("PeriodClosed", "command.close"),
        ("HoldPlaced", "command.hold"),
        ("HoldReleased", "command.hold"),
        ("PersonalDataAccessed", "command.trace"),
        ("SubjectErased", "command.erase"),
    }
    assert [fact["by"] for fact in traced["facts"]] == ["command.submit"] * 2 + ["command.hold"] * 2
    assert "By whom" in shown and "command.submit" in shown


def test_every_event_of_a_flow_says_by_which_flow(office: Office) -> None:
    conductor = Conductor(office.context.settings.home, str(office.context.settings.database_url))
    inbox = office.folder / "inbox"
    inbox.mkdir()
    office.write({"nominees": [AN]}).rename(inbox / "28756-01.xlsx")
    assert conductor("submissions", folder=str(inbox))["result"]["valid"] == 1
    assert conductor("period_end", period="2025Q1")["result"]["reports"] == 8
    assert conductor.end() == 0
    assert {by for _, by in recorded(office)} == {"command.test", "flow.submissions", "flow.period-end"}
    assert ("NomineeIdentified", "flow.submissions") in recorded(office)
    assert ("PeriodClosed", "flow.period-end") in recorded(office)
