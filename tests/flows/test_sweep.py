"""The sweep: whatever is changed, swapped, deleted or inserted in any table of ours is found and named.

Or it stands below why it heals by itself or does no harm. Of all cases a share is tried each time, all at night.
"""

import os
import random
from collections.abc import Iterator
from datetime import date
from unittest.mock import patch

import pytest
from sqlalchemy import Connection, Engine

from events import vault
from events.checks import Fault, VerifyFailed
from events.types.units import UnitMerged, UnitRenamed
from events.vault import holds
from flows import checkpoints, consenting, erasure, policies, reviewing
from flows.units.changes import record
from flows.verify import Keys, verify_snapshot
from schemas.forms.activities import ACTIVITIES
from schemas.forms.plan import PLAN
from schemas.forms.rating import RATING
from schemas.periods import parse
from schemas.vocabulary.terms import ACTIVITY, MILESTONE, SUPERIOR_ACTIVITY, TARGET
from tests.actors import TESTER
from tests.flows import swept
from tests.flows.checked_close import checked_close
from tests.flows.office import Office
from tests.flows.swept import Case
from tests.rows import AN, BINH, vote
from tests.thoroughness import NIGHTLY
from warehouse import anew

SHARE = 12
"""One of so many cases is tried by day."""

HARMLESS = {
    ("events.turn", ""): "its rows are locked and hold nothing; who finds none adds one",
    ("public.migration", ""): "every command compares it with what it needs, and refuses another",
}
"""Why nobody has to be told, by table and column."""

EMPTY = {
    "vault.condemned": "a row stands only while an erasure is under way; each row is a fault",
    "events.skew": "it has a row only once the server's clock was set back",
}
"""Tables that have no row in the office below, and why."""

CUC = {**BINH, "identity": "083304007777", "name": "Lê Thị Cúc"}
DUNG = {**AN, "identity": "083204008888", "name": "Phạm Văn Dũng"}


@pytest.fixture(scope="module")
def office(module_database: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A province in which everything happened that leaves a row somewhere."""
    url = module_database.url.render_as_string(hide_password=False)
    made = Office.open(url, tmp_path_factory.mktemp("office"))
    checkpoints.sign(made.context)
    steps = [vote(AN, date(2025, 2, 1)), {**vote(BINH, date(2025, 2, 2)), "step": "Chi đoàn biểu quyết"}]
    held = {"activity": ACTIVITY.terms["theme_meeting"].vi, "on": date(2025, 2, 3), "participants": 40, "members": 30}
    assert made.send({"nominees": [AN, BINH], "steps": steps, "activities": [held]}).valid
    assert made.send({"nominees": [{**AN, "name": "Nguyễn Văn Ân"}, BINH], "activities": [held]}).valid
    assert not made.send({"nominees": [{**AN, "birth_date": "?"}]}, unit="28756-02").valid
    for number in ("083204001235", "083204001236"):
        assert made.send({"nominees": [{**AN, "name": "Nguyễn Văn Ân", "identity": number}, BINH]}).valid
    erased = made.send({"nominees": [CUC]}, unit="28807-01")
    assert erased.valid
    assert made.send({"nominees": [DUNG]}, unit="28756-02").valid
    given_back = made.send({"nominees": [{**DUNG, "identity": "083204008889"}]}, unit="28756-02")
    for one in (given_back, erased):
        reviewing.give_back(made.context, one.submission, "implausible", "Xem lại số đoàn viên")
    plan = {
        "targets": [{"target": title, "value": 2} for title in TARGET.titles()],
        "schedule": [{"milestone": title, "on": date(2025, 2, 3), "planned": 2} for title in MILESTONE.titles()[-2:]],
    }
    assert made.send(plan, "28807-01", "2025", PLAN).valid
    superior = {**held, "activity": SUPERIOR_ACTIVITY.titles()[0]}
    for unit in ("831", "829"):
        assert made.send({"activities": [superior]}, unit, form=ACTIVITIES).valid
    for unit, rated in (("831", "28807"), ("829", "28756")):
        ratings = [{"rated": rated, "proposed": "Hoàn thành tốt nhiệm vụ"}]
        assert made.send({"ratings": ratings}, unit, "2024", RATING).valid
    checked_close(made.context, parse("2025Q1"))
    policies.lay_down(made.context, "review", "when_accepted", date(2025, 4, 1), unit="831")
    policies.lay_down(made.context, "review", "at_once", date(2025, 7, 1), unit="831")
    day, units = date(2025, 5, 1), {code: made.unit(code) for code in ("28756-01", "28756-02", "28807-01")}
    record(made.context, [UnitRenamed(units["28807-01"], "Chi đoàn Ấp Một", day)])
    record(made.context, [UnitMerged(units["28756-02"], units["28756-01"], day)])
    record(made.context, [UnitMerged(units["28807-01"], units["28756-01"], date(2025, 6, 1))])
    made.receive(made.write({}, unit="28756-02", period="2025Q2"))
    subject = made.query("select subject::text from vault.subject order by 1 limit 1")[0].subject
    for purpose in ("trace", "correction"):
        with made.context.engine.begin() as connection:
            assert vault.read_person(connection, made.context.keystore, subject, "officer", purpose, TESTER)
    with made.context.engine.begin() as connection:
        for reason, placed, released in (("inspection", "officer", "chief"), ("complaint", "another", "another chief")):
            holds.place(connection, subject, reason, placed, TESTER)
            holds.release(connection, subject, released, TESTER)
        holds.place(connection, subject, "proceedings", "officer", TESTER)
        for person in ("officer", "chief"):
            with patch.object(consenting, "_user", return_value=person):
                consenting.account(connection)
    (person,) = made.query(
        "select body #>> '{data,subject}' as subject from events.event"
        " where type = 'NomineeIdentified' and body #>> '{cause,submission}' = :submission",
        submission=erased.submission,
    )
    erasure.erase(made.context, person.subject, "request_of_the_person")
    checked_close(made.context, parse("2025Q2"))
    checkpoints.sign(made.context)
    yield made
    made.context.engine.dispose()


def test_whatever_is_done_to_any_table_is_found_and_named(office: Office) -> None:
    keys = checkpoints.keys_of(office.context)
    assert verify_snapshot_of(office, keys) == set()
    seed = 0 if "CI" in os.environ else random.randrange(1_000_000)
    chance = random.Random(seed)
    with office.context.engine.connect() as connection:
        tables = swept.tables(connection)
        empty = {name for name in tables if not connection.exec_driver_sql(f"select from {name} limit 1").all()}
        assert empty == set(EMPTY)
        swept.unlock(connection, list(tables))
        before = found(connection, keys, "")
        chosen = [case for case in swept.cases(tables) if NIGHTLY or chance.randrange(SHARE) == 0]
        unfound, tried = [], 0
        for case in chosen:
            with connection.begin_nested() as aside:
                if swept.do(connection, case, tables[case.table], chance):
                    tried += 1
                    if not named(case, found(connection, keys, case.table) - before):
                        unfound.append(case)
                aside.rollback()
        connection.rollback()
    assert tried > len(chosen) // 3
    assert [case for case in unfound if not harmless(case)] == [], f"seed {seed}"


def named(case: Case, faults: set[Fault]) -> bool:
    """Whether something is told, and of a table of the warehouse which one."""
    if case.table.startswith("warehouse.") and case.table != "warehouse.checkpoint":
        return case.table.removeprefix("warehouse.") in {dict(fault.where).get("table") for fault in faults}
    return bool(faults)


def harmless(case: Case) -> bool:
    return (case.table, "") in HARMLESS or (case.table, case.column) in HARMLESS


def verify_snapshot_of(office: Office, keys: Keys) -> set[Fault]:
    with office.context.engine.connect() as connection:
        return found(connection, keys, "") | found(connection, keys, "warehouse.")


def found(connection: Connection, keys: Keys, table: str) -> set[Fault]:
    """Everything that is told; of the warehouse only what the comparison with the log tells."""
    if table.startswith("warehouse."):
        with connection.begin_nested() as aside:
            faults = list(anew.compare(connection))
            aside.rollback()
        return {Fault(fault.key, tuple(fault.where.items())) for fault in faults}  # type: ignore[arg-type]
    try:
        verify_snapshot(connection, keys)
    except VerifyFailed as failure:
        # The guards that were taken away for this are another test's.
        parts = [part for part in failure.parts if not part.key.startswith("verify.guard_")]
        return {Fault(part.key, tuple(part.details.items())) for part in parts}  # type: ignore[arg-type]
    return set()
