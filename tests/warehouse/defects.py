"""For each expectation of the warehouse the statement that plants a defect into a good quarter; see `good_quarter`."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Engine

from events import log, vault
from events.ids import fixed_id
from events.log.recorded import Cause, NewEvent
from events.types.base import Payload
from events.types.nominations import BranchVoted, NomineeIdentified
from events.types.reports import PeriodClosed, ReportCompiled
from events.types.returns import ActivityHeld, MembershipCounted, OrganisationRated, PlanScheduled, TargetSet
from events.types.submissions import (
    FindingRecord,
    SubmissionFoundInvalid,
    SubmissionFoundValid,
    SubmissionReceived,
    SubmissionSuperseded,
)
from reports.content.compiling import compile_period, encode
from schemas.periods import parse
from tests.actors import TESTER
from tests.warehouse.province import HASH, small_province, unit_id
from warehouse import issued
from warehouse.projections.project import project

PERSON = vault.Person("083304012345", "Võ Thị Kim Ngân", "2004-05-17")
BRANCH, COMMUNE, PROVINCE = unit_id("28756-01"), unit_id("28756"), unit_id("83")
SUBJECT, FIRST, REVISION, REJECTED, NOBODY = (
    fixed_id("quality", name) for name in ("subject", "first", "revision", "rejected", "nobody")
)

CAME = (BRANCH, "2025Q1", "branch-quarterly", 1, date(2025, 3, 31))

LATER = 99
"""A position after everything that a good quarter records."""


def good_quarter(engine: Engine) -> int:
    """A province in which a branch reported 2025Q1, revised it, and sent a workbook that was invalid: the position.

    One nominee (SUBJECT, with PERSON in the vault) was identified and voted on.
    """
    with engine.begin() as connection:
        sealed = vault.seal_person(SUBJECT, vault.person_content(PERSON))
        key = vault.DataKey(SUBJECT, 1, bytes(32))  # nothing here opens it again
        vault.add_persons(connection, [vault.Record(key, b"m" * 32, sealed, b"l" * 32)])
        log.append(
            connection, [*small_province(), *_submissions(), *_facts(sealed.commitment.hex()), _report()], TESTER
        )
    return issue(engine, project(engine))


def issue(engine: Engine, position: int, version: int = 1) -> int:
    """Issue the province's report on the quarter, for the `version`th time: the position after it."""
    with engine.begin() as connection:
        content = compile_period(connection, parse("2025Q1"), position).content(PROVINCE, "official")
        written, digest = encode(content)
        connection.execute(issued.content.insert().values(content_hash=digest, content=written))
        last = date(2025, 3, 31)
        report = ReportCompiled(PROVINCE, "2025Q1", position, last, digest, content["code_version"])
        closed = PeriodClosed(PROVINCE, "2025Q1", position, 1)
        log.append(connection, [NewEvent("report-b", version, report), NewEvent("closing-b", version, closed)], TESTER)
    return project(engine)


def _submissions() -> list[NewEvent]:
    error, warning = FindingRecord("file.empty", "error"), FindingRecord("votes.too_few", "warning", "steps", "G4")
    of, last = ("2025Q1", "branch-quarterly", 1), date(2025, 3, 31)
    decisions: list[tuple[str, Payload]] = [
        (FIRST, SubmissionFoundValid(FIRST, BRANCH, *of, last, 5, HASH, warnings=(warning,))),
        (REVISION, SubmissionFoundValid(REVISION, BRANCH, *of, last, 5, HASH, previous=FIRST)),
        (REJECTED, SubmissionFoundInvalid(REJECTED, (error,))),
    ]
    received = date(2025, 3, 18)
    return [
        event
        for submission, decision in decisions
        for event in (
            NewEvent(f"submission-{submission}", 1, SubmissionReceived(submission, received, HASH, 9, BRANCH, *of)),
            NewEvent(f"submission-{submission}", 2, decision, Cause(submission)),
        )
    ] + [NewEvent(f"submission-{FIRST}", 3, SubmissionSuperseded(FIRST, REVISION))]


def _facts(commitment: str) -> list[NewEvent]:
    day = date(2025, 2, 10)
    facts: Sequence[tuple[str, int, Payload]] = (
        ("nomination-a", 1, NomineeIdentified(SUBJECT, BRANCH, day, "female", 2004, False, "resident", commitment)),
        ("nomination-a", 2, BranchVoted(SUBJECT, BRANCH, day, None, 10, 9, 8, 1)),
        ("return-a", 1, MembershipCounted(BRANCH, "2025Q1", "members", 10)),
        ("return-a", 2, MembershipCounted(BRANCH, "2025Q1", "members_female", 4)),
        ("return-a", 3, ActivityHeld(BRANCH, "2025Q1", "volunteering", day, 20, 8)),
        ("plan-a", 1, TargetSet(BRANCH, 2025, "nominated", 3)),
        ("plan-a", 2, PlanScheduled(BRANCH, 2025, "handover", date(2025, 2, 3), 2)),
        ("rating-a", 1, OrganisationRated(COMMUNE, 2025, PROVINCE, "good", "excellent")),
    )
    return [NewEvent(stream, version, fact, Cause(FIRST, "steps", 4)) for stream, version, fact in facts]


def _report() -> NewEvent:
    return NewEvent("report-a", 1, ReportCompiled(PROVINCE, "2024", 1, date(2024, 12, 31), HASH, "0.1.0"))


_PERSON_COLUMNS = "identified_on, sex, birth_year, ethnic_minority, source_group, commitment, submission"
_TWICE = (
    f"insert into nominee (stated, position, unit, subject, {_PERSON_COLUMNS})"
    f" select stated, 1, unit, subject, {_PERSON_COLUMNS} from nominee"
)
_SECOND_STEP = (
    "insert into step (stated, position, unit, subject, step, on_date, submission) select stated, 1, unit, subject,"
)


def _twice(table: str, *columns: str, where: str = "true") -> str:
    """A fact that counts a second time, since an early position."""
    listed = ", ".join(("unit", *columns))
    return f"insert into {table} (stated, position, {listed}) select stated, 1, {listed} from {table} where {where}"


def _stray(table: str) -> dict[str, str]:
    return {
        f"{table}.unit": f"update {table} set unit = '{NOBODY}'",
        f"{table}.submission": f"update {table} set submission = '{REJECTED}'",
    }


def _outside_tree(table: str) -> dict[str, str]:
    dissolved = (
        f"insert into unit_change (position, unit, on_date, alive) values ({LATER}, '{BRANCH}', '2025-03-01', false)"
    )
    return {f"{table}.in_tree": dissolved}


DEFECTS: dict[str, str] = {
    **{
        code: defect
        for fact in ("nominee", "step", "membership", "activity", "target", "schedule", "rating")
        for code, defect in _stray(fact).items()
    },
    **{code: defect for fact in ("nominee", "step", "activity") for code, defect in _outside_tree(fact).items()},
    "nominee.sex": "update nominee set sex = 'unknown'",
    "nominee.source_group": "update nominee set source_group = 'retired'",
    "nominee.age": "update nominee set birth_year = 2020",
    "nominee.one": _TWICE,
    "nominee.identified": "update nominee set identified_on = identified_on - 1",
    "step.code": "update step set step = 'promoted' where step = 'voted'",
    "step.nominee": f"update step set subject = '{NOBODY}'",
    "step.order": "update step set on_date = on_date - 1 where step = 'voted'",
    "step.votes": "update step set votes_for = 9 where step = 'voted'",
    "step.one": f"{_SECOND_STEP} step, on_date, submission from step where step = 'voted'",
    "step.predecessor": f"{_SECOND_STEP} 'handed_over', on_date, submission from step where step = 'voted'",
    "membership.measure": "update membership set measure = 'members_retired' where measure = 'members_female'",
    "membership.value": "update membership set value = -1 where measure = 'members_female'",
    "membership.one": _twice("membership", "period", "measure", "value", where="measure = 'members'"),
    "membership.part": "update membership set value = 11 where measure = 'members_female'",
    "activity.kind": "update activity set activity = 'picnic'",
    "activity.participants": "update activity set members = 21",
    "target.target": "update target set target = 'voted'",
    "target.value": "update target set value = -1",
    "target.one": _twice("target", "year", "target", "value"),
    "schedule.milestone": "update schedule set milestone = 'party'",
    "schedule.planned": "update schedule set planned = -1",
    "schedule.one": _twice("schedule", "year", "milestone", "on_date", "planned"),
    "rating.rated_by": "update rating set rated_by = unit",
    "rating.proposed": "update rating set proposed = 'splendid'",
    "rating.decided": "update rating set decided = 'splendid'",
    "rating.one": _twice("rating", "year", "rated_by", "proposed"),
    "version.interval": "update activity set position_to = position - 1",
    "unit_change.kind": "update unit_change set kind = 'canton' where code = '28756-02'",
    "unit_change.in_tree": f"update unit_change set parent = '{NOBODY}' where code = '829'",
    "tree.code": "update unit_change set code = '28756-01' where code = '28756-02'",
    "tree.level": "update unit_change set level = 4 where code = '28756'",
    "submission.decided": "update submission set decided_position = null, valid = null where not valid",
    "submission.unit": f"update submission set unit = null where submission = '{FIRST}'",
    "submission.order": "update submission set decided_position = position",
    "submission.revises": f"update submission set period = '2024Q4' where submission = '{FIRST}'",
    "submission.revised_once": f"update submission set previous = '{FIRST}'",
    "submission.reason": "delete from finding where severity = 'error'",
    "submission.counts_valid": f"update submission_state set counts = true where submission = '{REJECTED}'",
    "submission.counts_once": "update submission_state set counts = null where state = 'superseded'",
    "finding.submission": f"update finding set submission = '{NOBODY}'",
    "finding.severity": "update finding set severity = 'error' where severity = 'warning'",
    "finding.code": "update finding set code = 'file.ugly'",
    "report.same": "insert into report select 1, unit, period, as_of, tree_on, repeat('1', 64), code_version,"
    " compiled_at from report where period = '2024'",
    "logged.projected": "delete from activity",
    "digest.same": "update step set total = total + 1 where step = 'voted'",
    "figure.sum": _TWICE,
    "total.shown": f"update step set unit = '{NOBODY}'",
    "issued.recounted": "update step set on_date = '2024-12-30' where step = 'voted'",
}
