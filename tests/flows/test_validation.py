"""What becomes of a workbook: its facts are recorded once, a revision records only differences, a bad one nothing."""

import threading
from datetime import date

import pytest
from openpyxl import load_workbook

from events import vault
from flows import audit, intake, recording, validation
from tests.actors import TESTER
from tests.flows.office import Office
from tests.rows import AN, BINH, membership, vote


def test_a_valid_workbook_becomes_facts_with_their_cells(office: Office) -> None:
    verdict = office.send({"nominees": [AN, BINH], "steps": [vote(AN, date(2025, 2, 1))]})
    assert verdict.valid
    assert office.events(verdict) == [
        "NomineeIdentified",
        "NomineeIdentified",
        "BranchVoted",
        *["MembershipCounted"] * 6,
    ]
    places = office.query('select step, sheet, "row" from step order by position')
    assert [tuple(place) for place in places] == [
        ("identified", "nominees", 4),
        ("identified", "nominees", 5),
        ("voted", "steps", 4),
    ]
    figures = office.figures()
    assert (figures["identified"], figures["identified.sex.female"], figures["voted"]) == (2, 1, 1)
    assert (figures["members"], figures["youth"]) == (10, 30)


def test_a_revision_records_only_differences_and_the_figures_follow(office: Office) -> None:
    steps = [vote(AN, date(2025, 2, 1)), vote(BINH, date(2025, 2, 1))]
    first = office.send({"nominees": [AN, BINH], "steps": steps})
    corrected = {**AN, "source_group": "Dân quân tự vệ"}
    second = office.send(
        {"nominees": [corrected, BINH], "steps": [vote(AN, date(2025, 2, 3))], "membership": membership(12)}
    )
    assert second.valid
    assert sorted(office.events(second)) == [
        "BranchVoted~",
        "FactRetracted",
        "MembershipCounted~",
        "MembershipCounted~",
        "NomineeIdentified~",
    ]
    figures = office.figures()
    assert (figures["identified"], figures["voted"], figures["members"]) == (2, 1, 12)
    assert figures["identified.source_group.militia"] == 1
    previous = office.query("select previous::text from submission where submission = :s", s=second.submission)
    assert previous[0][0] == first.submission


def test_the_same_rows_again_record_nothing(office: Office) -> None:
    rows = {"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]}
    office.send(rows)
    moved = {"nominees": [{}, AN], "steps": [{}, {}, vote(AN, date(2025, 2, 1))]}
    again = office.send(moved)
    assert again.valid
    assert office.events(again) == []


def test_a_revision_of_a_revision_supersedes_the_newest(office: Office) -> None:
    for day in (1, 2, 3):
        office.send({"nominees": [AN], "steps": [vote(AN, date(2025, 2, day))]})
    standing = office.query("select on_date from step where step = 'voted' and position_to is null")
    assert [row.on_date for row in standing] == [date(2025, 2, 3)]
    assert len(office.query("select from step where step = 'voted'")) == 3
    assert office.figures()["voted"] == 1


def test_the_log_tells_what_became_of_each_revision(office: Office) -> None:
    first, bad, second = (
        office.send({"nominees": [{**AN, "source_group": group}]}) for group in ("Y tế", "?", "Dân quân tự vệ")
    )
    told = {
        sent.submission: [
            row.type
            for row in office.query(
                "select type from events.event where stream = 'submission-' || :s order by position", s=sent.submission
            )
        ]
        for sent in (first, bad, second)
    }
    found = ["SubmissionReceived", "SubmissionFoundValid", "SubmissionSubmitted"]
    assert told == {
        first.submission: [*found, "SubmissionSuperseded"],
        bad.submission: ["SubmissionReceived", "SubmissionFoundInvalid"],
        second.submission: found,
    }
    (by,) = office.query("select body #>> '{data,by}' as submission from events.event where type like '%Superseded'")
    (to,) = office.query("select distinct body #>> '{data,to}' as unit from events.event where type like '%Submitted'")
    assert (by.submission, to.unit) == (second.submission, office.unit("28756"))


def test_a_step_of_a_later_quarter_finds_its_nominee(office: Office) -> None:
    office.send({"nominees": [AN]})
    later = office.send({"steps": [vote(AN, date(2025, 4, 10))]}, period="2025Q2")
    assert later.valid
    assert [finding.code for finding in later.findings] == []
    assert len(office.query("select from vault.subject")) == 1


def test_what_two_returns_state_counts_once_and_stands_while_one_does(office: Office) -> None:
    first = {"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]}
    office.send(first)
    again = office.send(first, period="2025Q2")
    assert again.valid
    assert {"NomineeIdentified", "BranchVoted"} <= set(office.events(again))
    assert (office.figures()["identified"], office.figures()["voted"]) == (1, 1)
    taken_out = office.send({})
    assert office.events(taken_out) == ["FactRetracted", "FactRetracted"]
    assert (office.figures()["identified"], office.figures()["voted"]) == (1, 1)
    assert office.figures("2025H1")["voted"] == 1


def test_only_the_unit_that_is_responsible_reports_about_a_nominee(office: Office) -> None:
    office.send({"nominees": [AN]})
    step = office.send({"steps": [vote(AN, date(2025, 2, 1))]}, unit="28807-01")
    assert [finding.code for finding in step.findings] == ["step.not_responsible"]
    again = office.send({"nominees": [AN]}, unit="28807-01")
    assert [finding.code for finding in again.findings] == ["nominee.elsewhere"]


def test_an_invalid_workbook_leaves_nothing_but_its_findings(office: Office) -> None:
    verdict = office.send({"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1), votes_for=21)]})
    assert not verdict.valid
    assert {(f.code, f.cell) for f in verdict.findings} == {("votes.above_total", "G4"), ("votes.above_present", "G4")}
    assert office.query("select from vault.person") == []
    assert office.query("select from step") == []
    assert {row.code for row in office.query("select code from finding")} == {
        "votes.above_total",
        "votes.above_present",
    }


def test_a_corrected_workbook_after_an_invalid_one_counts(office: Office) -> None:
    office.send({"nominees": [{**AN, "sex": "Đàn ông"}]})
    assert office.send({"nominees": [AN]}).valid
    figures = office.figures()
    assert (figures["identified"], figures["submissions.received"], figures["submissions.counted"]) == (1, 1, 1)


def test_a_day_out_of_all_bounds_stops_only_its_own_workbook(office: Office) -> None:
    """One of the year 0 once stopped the intake of all; one with two digits for 2025 was recorded as of the year 25."""
    activity = {"activity": "Sinh hoạt chuyên đề", "participants": 5, "members": 3}
    office.receive(office.write({"nominees": [{**AN, "birth_date": "05/03/0000"}]}))
    office.receive(office.write({"nominees": [BINH], "activities": [activity | {"on": "14/02/25"}]}, "28807-01"))
    verdicts = validation.validate_pending(office.context)
    assert [(verdict.valid, [finding.code for finding in verdict.findings]) for verdict in verdicts] == [
        (False, ["date.too_early"]),
        (True, ["date.two_digit_year"]),
    ]
    held = office.query("select body #>> '{data,on}' as on from events.event where type = 'ActivityHeld'")
    assert [row.on for row in held] == ["2025-02-14"]


def test_two_pending_revisions_are_decided_one_after_the_other(office: Office) -> None:
    for day in (5, 6):
        office.receive(office.write({"nominees": [AN], "steps": [vote(AN, date(2025, 2, day))]}))
    verdicts = validation.validate_pending(office.context)
    assert [verdict.valid for verdict in verdicts] == [True, True]
    assert office.events(verdicts[1]) == ["BranchVoted~"]


def test_of_what_waits_of_one_unit_the_earlier_period_is_decided_first(office: Office) -> None:
    later = office.receive(office.write({"steps": [vote(AN, date(2025, 4, 10))]}, period="2025Q2"), date(2025, 6, 14))
    earlier = office.receive(office.write({"nominees": [AN]}), date(2025, 6, 15))
    verdicts = validation.validate_pending(office.context)
    assert [(verdict.submission, verdict.valid) for verdict in verdicts] == [(earlier, True), (later, True)]


def test_what_names_a_person_of_an_earlier_one_waits_for_the_next_wave(office: Office) -> None:
    """So it is judged by what the earlier one states, and no person is two."""
    first = office.receive(office.write({"nominees": [AN]}))
    second = office.receive(office.write({"nominees": [{**AN, "source_group": "Y tế"}]}, "28756-02"))
    other = office.receive(office.write({"nominees": [BINH]}, "28807-01"))
    waves: list[list[validation.Verdict]] = []
    validation.validate_pending(office.context, waves.append)
    assert [[verdict.submission for verdict in wave] for wave in waves] == [[first, other], [second]]
    assert [[finding.code for finding in verdict.findings] for wave in waves for verdict in wave] == [
        [],
        [],
        ["nominee.elsewhere"],
    ]
    assert office.query("select count(*) as people from vault.subject")[0].people == 2


def test_the_same_file_twice_is_one_submission(office: Office) -> None:
    path = office.write({"nominees": [AN]})
    incoming = intake.Incoming(path, date(2025, 3, 1))
    (first,) = intake.receive(office.context, [incoming, incoming])
    (second,) = intake.receive(office.context, [incoming])
    assert {receipt.submission for receipt in first + second} == {first[0].submission}
    assert [receipt.repeated for receipt in first + second] == [False, True, True]


def test_two_validators_decide_each_submission_once(office: Office) -> None:
    for unit in ("28756-01", "28756-02", "28807-01"):
        office.receive(office.write({}, unit))
    found: list[validation.Verdict] = []
    threads = [
        threading.Thread(target=lambda: found.extend(validation.validate_pending(office.context))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({verdict.submission for verdict in found}) == len(found) == 3


def test_a_correction_of_a_name_stays_in_the_vault(office: Office) -> None:
    office.send({"nominees": [AN]})
    renamed = office.send({"nominees": [{**AN, "name": "Nguyễn Văn Ân"}]})
    assert office.events(renamed) == ["NomineeIdentified~"]
    (subject,) = [row.subject for row in office.query("select distinct subject::text from vault.person")]
    with office.context.engine.begin() as connection:
        person = vault.read_person(connection, office.context.keystore, subject, "tester", "test", TESTER)
    assert person == vault.Person("083204001234", "Nguyễn Văn Ân", "2004-05-01")
    read = office.query("select reader, subject::text, purpose from vault.access")
    assert [tuple(row) for row in read] == [("tester", subject, "test")]


@pytest.mark.parametrize("canary", ["Nguyễn Văn An", "083204001234", "2004-05-01", "01/05/2004", "Đàn ông lạ", "An 99"])
def test_no_personal_data_leaves_the_vault(office: Office, canary: str) -> None:
    """Valid or not, whatever column: none of it gets into the log, the warehouse or the result."""
    verdicts = [office.send({"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]})]
    strange = {**BINH, "sex": "Đàn ông lạ", "name": "An 99", "birth_date": "32/13/2004", "identity": AN["identity"]}
    verdicts.append(office.send({"nominees": [strange], "steps": [vote(AN, date(2025, 2, 2), document="An 99")]}))
    assert canary not in str(verdicts)
    for schema, table in office.query(
        "select table_schema, table_name from information_schema.tables"
        " where table_schema in ('events', 'warehouse', 'issued') and table_type = 'BASE TABLE'"
    ):
        found = office.query(f"select t::text from {schema}.{table} t where t::text like '%' || :c || '%'", c=canary)
        assert found == [], (schema, table)


@pytest.mark.parametrize(
    ("sheet", "cell", "value", "code"),
    [
        ("Thông tin", "B4", "28807-01", "cover.unit_mismatch"),
        ("Thông tin", "B6", "2025Q2", "cover.period_mismatch"),
        ("Thông tin", "B6", "quý I", "cover.period_unknown"),
        ("Thông tin", "B6", "２０２５Q1", "cover.period_unknown"),
        ("Thông tin", "B6", "0000Q1", "cover.period_unknown"),
        ("Thông tin", "B6", "9999Q4", "cover.period_unknown"),
        ("_nguon", "B3", "019a0000-0000-7000-8000-000000000001", "cover.unit_unknown"),
    ],
)
def test_a_cover_that_was_changed_is_invalid(office: Office, sheet: str, cell: str, value: str, code: str) -> None:
    path = office.write({"nominees": [AN]})
    book = load_workbook(path)
    book[sheet][cell] = value
    book.save(path)
    office.receive(path)
    (verdict,) = validation.validate_pending(office.context)
    assert [finding.code for finding in verdict.findings] == [code]


def test_a_workbook_with_hundreds_of_faults_fits_into_one_event(office: Office) -> None:
    """What is beyond the limit is said to be there; a log export takes entries of up to 65,535 bytes."""
    bad = [{**AN, "sex": "x", "ethnic_minority": "x", "source_group": "x", "on": "x", "birth_date": "x"}] * 200
    verdict = office.send({"nominees": bad})
    assert len(verdict.findings) > 900
    found = office.query("select code, number from finding order by number")
    assert len(found) == recording.MOST_FINDINGS + 1
    assert found[-1].code == "file.more_findings"
    (size,) = office.query("select max(octet_length(body::text)) as size from events.event")
    assert size.size < 65_535


def test_an_old_quarter_sent_again_sets_no_name_back(office: Office) -> None:
    """Nor does it say anything new where its own row did not change, whatever a later report said since."""
    office.send({"nominees": [AN]})
    office.send({"nominees": [{**AN, "name": "Nguyễn Văn Ân"}]}, period="2025Q2")
    again = office.send({"nominees": [AN, BINH]})
    assert office.events(again) == ["NomineeIdentified"]
    (row,) = office.query("select subject::text from nominee where position_to is null order by stated limit 1")
    found = audit.trace(office.context, row.subject, "tester")
    assert isinstance(found, audit.SubjectTrace) and found.person is not None
    assert found.person.name == "Nguyễn Văn Ân"
    office.send({"nominees": [{**AN, "name": "Nguyễn Văn Anh"}, BINH]})
    found = audit.trace(office.context, row.subject, "tester")
    assert isinstance(found, audit.SubjectTrace) and found.person is not None
    assert found.person.name == "Nguyễn Văn Ân"
