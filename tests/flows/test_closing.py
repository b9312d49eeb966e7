"""A closed period stays what it was, can be closed again without effect, and is followed by restatements."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from functools import partial
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from events.errors import UsageError
from events.log.canonical import dumps
from flows import audit, closing, reporting
from flows.audit import FigureTrace, SubjectTrace, SubmissionTrace
from flows.context import Context
from flows.quality import check_quality, require_quality
from reports.content.compiling import COLUMNS, compile_period, encode
from schemas.periods import Period, parse
from tests.actors import TESTER
from tests.flows.checked_close import checked_close
from tests.flows.office import Office
from tests.killed import Killed, Tell
from tests.rows import AN, BINH, membership, vote
from warehouse import program
from warehouse.facts.origins import Origin
from warehouse.projections import project

Q1 = parse("2025Q1")
OF_CLOSING = ["ReportCompiled", "PeriodClosed"]
PLACE = {column["code"]: i for i, column in enumerate(COLUMNS)}


def close(office: Office) -> int:
    return checked_close(office.context, Q1).position


def figure(office: Office, code: str, as_of: int | None = None) -> object:
    return reporting.report(office.context, "83", Q1, as_of)["rows"][0]["values"][PLACE[code]]


def test_every_unit_gets_a_report_whose_hash_is_recorded(office: Office) -> None:
    office.send({"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]})
    close(office)
    kept = office.query("select r.content_hash, c.content from report r join issued.content c using (content_hash)")
    assert len(kept) == len(office.query("select distinct unit from unit_change"))
    for row in kept:
        assert hashlib.sha256(row.content).hexdigest() == row.content_hash
        assert dumps(msgspec.json.decode(bytes(row.content))) == bytes(row.content)


def test_closing_again_records_nothing_until_something_new_arrives(office: Office) -> None:
    office.send({"nominees": [AN]})
    first = checked_close(office.context, Q1)
    recorded = office.query("select count(*) from events.event where type = any(:types)", types=OF_CLOSING)
    assert checked_close(office.context, Q1) == first
    assert office.query("select count(*) from events.event where type = any(:types)", types=OF_CLOSING) == recorded
    office.send({"nominees": [BINH]}, unit="28756-02")
    assert checked_close(office.context, Q1).position > first.position


def test_another_version_of_the_code_compiles_anew_from_the_same_facts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.send({"nominees": [AN]})
    with monkeypatch.context() as earlier:
        earlier.setattr(program, "code_version", lambda: "0.0.1")
        first = checked_close(office.context, Q1)
    again = checked_close(office.context, Q1)
    assert (again.reports, again.position > first.position) == (first.reports, True)
    content = reporting.report(office.context, "83", Q1)
    assert (content["code_version"], content["restates"]["position"]) == (program.code_version(), first.position)
    assert checked_close(office.context, Q1) == again


def test_the_reports_show_what_was_checked_whatever_arrives_meanwhile(office: Office) -> None:
    office.send({"nominees": [AN]})
    position = require_quality(check_quality(office.context, Q1))
    office.send({"nominees": [AN, BINH]})
    (root,) = closing.find_units(office.context, Q1)
    assert closing.close(office.context, Q1, root, position).position == position
    assert figure(office, "identified") == 1
    assert len(office.query("select position from quality")) == 1


def test_late_data_never_changes_what_was_issued(office: Office) -> None:
    office.send({"nominees": [AN]})
    position = close(office)
    issued = dumps(reporting.report(office.context, "83", Q1))
    office.send({"nominees": [AN, BINH]})
    assert dumps(reporting.report(office.context, "83", Q1)) == issued
    assert dumps(reporting.report(office.context, "83", Q1, as_of=position)) == issued
    close(office)
    assert (figure(office, "identified"), figure(office, "identified", position)) == (2, 1)


def test_a_period_that_is_not_closed_gives_preliminary_figures_of_any_position(office: Office) -> None:
    office.send({"nominees": [AN]})
    before = office.query("select position from events.head")[0][0]
    office.send({"nominees": [AN, BINH]})
    report = reporting.report(office.context, "83", Q1)
    assert report["status"] == "preliminary"
    assert (figure(office, "identified"), figure(office, "identified", before)) == (2, 1)
    with pytest.raises(UsageError, match="unknown_position"):
        reporting.report(office.context, "83", Q1, as_of=10**9)


def test_closing_one_district_leaves_the_others_open(office: Office) -> None:
    office.send({"nominees": [AN]})
    checked_close(office.context, Q1, "829")
    assert reporting.report(office.context, "28756-01", Q1)["status"] == "official"
    assert reporting.report(office.context, "83", Q1)["status"] == "preliminary"


def test_a_figure_leads_to_its_file_sheet_and_cell_and_to_the_person(office: Office) -> None:
    verdict = office.send({"nominees": [AN, BINH], "steps": [vote(AN, date(2025, 2, 1)), vote(BINH, date(2025, 2, 2))]})
    close(office)
    found = audit.trace(office.context, "2025Q1:83:voted.sex.female", "auditor")
    assert isinstance(found, FigureTrace)
    assert (found.value, found.status) == (1, "official")
    ((fact, origin),) = found.parts[0].facts
    assert origin is not None
    assert (fact.unit_code, origin.sheet, origin.cell, origin.submission) == (
        "28756-01",
        "steps",
        "B5",
        verdict.submission,
    )
    event = audit.trace(office.context, str(origin.position), "auditor")
    assert isinstance(event, Origin)
    assert event.file == "28756-01 2025Q1 1.xlsx"
    sent = audit.trace(office.context, verdict.submission, "auditor")
    assert isinstance(sent, SubmissionTrace)
    assert sent.valid
    assert len(sent.facts) == 10
    subject = office.query("select subject::text from step where position = :p", p=origin.position)[0][0]
    person = audit.trace(office.context, subject, "auditor")
    assert isinstance(person, SubjectTrace)
    assert person.person is not None
    assert person.person.name == BINH["name"]
    assert [fact.type for fact in person.facts] == ["NomineeIdentified", "BranchVoted"]
    assert [row.reader for row in office.query("select reader from vault.access")] == ["auditor"]


def test_a_corrected_fact_shows_what_superseded_it(office: Office) -> None:
    office.send({"membership": membership(10)})
    office.send({"membership": membership(11)})
    (old,) = office.query("select position, position_to from membership where measure = 'members' and value = 10")
    event = audit.trace(office.context, str(old.position), "auditor")
    assert isinstance(event, Origin)
    assert event.superseded_by == old.position_to is not None


def test_a_rate_leads_to_the_two_figures_that_it_divides(office: Office) -> None:
    office.send({"nominees": [AN]})
    for status in ("preliminary", "official"):
        found = audit.trace(office.context, "2025Q1:83:completeness", "auditor")
        assert isinstance(found, FigureTrace)
        assert [(part.code, part.value) for part in found.parts] == [
            ("submissions.counted", 1),
            ("submissions.expected", 7),
        ]
        assert (found.value, found.status) == ("14.3", status)
        close(office)


@pytest.mark.parametrize(
    "what",
    [
        "",
        "nothing",
        "2025Q1:83",
        "999999",
        "019a0000-0000-7000-8000-000000000001",
        "019a-00000000-7000-8000-00000000001-",
    ],
)
def test_what_cannot_be_traced_is_said(office: Office, what: str) -> None:
    with pytest.raises(UsageError, match="unknown_trace"):
        audit.trace(office.context, what, "auditor")


def test_a_kill_while_closing_leaves_all_or_nothing(office: Office, tmp_path: Path) -> None:
    """Killed later and later until one run gets through: never a part of the reports, and the same figures."""
    office.send({"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]})
    code = (
        "import sys; from pathlib import Path; from flows.closing import close; from flows.context import Context;"
        "from flows.settings import Settings; from schemas.periods import parse;"
        "print('go', flush=True);"
        "settings = Settings(home=Path(sys.argv[1]), database_url=sys.argv[2]);"
        "close(Context(settings, 'command.test'), parse('2025Q1'), sys.argv[3], int(sys.argv[4]))"
    )
    (root,), position = closing.find_units(office.context, Q1), require_quality(check_quality(office.context, Q1))
    url = office.context.settings.database_url
    command = [sys.executable, "-c", code, str(office.context.settings.home), str(url), root, str(position)]
    delay = 0.0
    while True:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2], env=dict(os.environ))
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        finished = process.wait() == 0
        process.stdout.close()
        reports = office.query("select count(*) from events.event where type = 'ReportCompiled'")[0][0]
        assert reports in (0, 8)
        if finished or reports == 8:
            break
        delay += 0.02
    assert closing.close(office.context, Q1, root, position).reports == 8
    assert office.query("select count(*) from events.event where type = 'ReportCompiled'")[0][0] == 8
    assert figure(office, "voted") == 1


def test_killed_at_any_moment_of_the_compile_a_period_has_all_reports_or_none(office: Office) -> None:
    """Every kill meets a period of its own; afterwards each one is as if compiled undisturbed at its position."""
    office.send({"nominees": [AN, BINH], "steps": [vote(AN, date(2025, 2, 1))]})
    periods = [parse(f"2025-01-01..2025-02-{day:02}") for day in range(1, 29)]
    (root,), position = closing.find_units(office.context, Q1), project.project(office.context.engine)
    rng, alive = random.Random(5), 0
    for period in periods:
        running = Killed(partial(close_and_tell, Context(office.context.settings, TESTER), period, root, position))
        running.wait(*rng.choice((("begun", 1), ("compiled", rng.randint(1, 8)), ("closed", 1))))
        time.sleep(rng.choice((0, rng.random() * 0.02)))
        alive += running.kill()
        compiled = "select count(*) from events.event where type = 'ReportCompiled' and body #>> '{data,period}' = :p"
        assert office.query(compiled, p=period.code)[0][0] in (0, 8)
        found = closing.close(office.context, period, root, position)
        assert (found.reports, office.query(compiled, p=period.code)[0][0]) == (8, 8)
        with office.context.engine.connect() as connection:
            undisturbed = compile_period(connection, period, found.position)
            for row in connection.execute(
                text("select unit::text, content_hash from report where period = :p"), {"p": period.code}
            ):
                assert encode(undisturbed.content(row.unit, "official"))[1] == row.content_hash
    assert alive >= 20


def close_and_tell(context: Context, period: Period, root: str, position: int, tell: Tell) -> None:
    """What the killed process does."""
    tell("begun")
    closing.close(context, period, root, position, lambda done, of: tell("compiled"))
    tell("closed")
    signal.pause()
