"""No workbook ever stops another: any part of the decider may fail on any of them, the others get their verdicts."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from unittest import mock

import polars as pl
import pytest
import sqlalchemy.exc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from events import log, vault
from events.errors import TransientError, UsageError
from flows import intake, judging, recording, validation
from flows.validation import Verdict
from schemas.forms.known import Known
from schemas.gate import check, workbook
from tests.flows.office import Office
from tests.rows import AN, BINH, vote
from tests.thoroughness import times

PARTS: dict[str, tuple[object, str]] = {
    "reading": (workbook, "understand"),
    "saying whose": (judging, "read_covers"),
    "stacking": (check, "stack"),
    "looking at what is known": (judging, "known"),
    "checking": (check, "check"),
    "stating": (recording, "Stating"),
    "comparing": (recording, "differences"),
    "keeping people": (vault, "add_persons"),
    "keeping rows": (vault, "add_rows"),
    "sealing": (vault, "make_row"),
}
"""Parts of the decider: each is handed something that says whose workbook it is about."""

UNITS = ("28756-01", "28756-02", "28807-01")


class Broken(BaseException):
    """As a reader in Rust panics: no Exception."""


Broken.__name__ = "PanicException"

FAILURES: tuple[Callable[[], BaseException], ...] = (
    lambda: TypeError("unexpected"),
    lambda: KeyError("missing"),
    lambda: RecursionError(),
    lambda: Broken("panicked"),
)


def spoken(argument: object) -> str:
    """All that an argument says; a frame shows only a few of its rows by itself."""
    frames = argument.values() if isinstance(argument, dict) else argument if isinstance(argument, Known) else ()
    return repr(argument) + "".join(repr(frame.rows()) for frame in frames if isinstance(frame, pl.DataFrame))


@contextmanager
def failing(marks: set[str], part: str, failure: Callable[[], BaseException]) -> Iterator[None]:
    """A part that fails whenever what it is handed speaks of one of these numbers or submissions."""
    module, name = PARTS[part]
    real = getattr(module, name)

    def sometimes(*arguments: object, **named: object) -> object:
        if any(mark in spoken(argument) for argument in arguments for mark in marks):
            raise failure()
        return real(*arguments, **named)

    with mock.patch.object(module, name, sometimes):
        yield


_number = count(100_000)


def three_workbooks(office: Office) -> list[Path]:
    """Two good ones with people of their own, and one with a fault; others each time."""
    people = [{**AN, "identity": f"083204{next(_number)}"} for _ in UNITS]
    return [
        office.write({"nominees": [people[0]], "steps": [vote(people[0], date(2025, 2, 1))]}, UNITS[0]),
        office.write({"nominees": [people[1]]}, UNITS[1]),
        office.write({"nominees": [{**people[2], "sex": "?"}]}, UNITS[2]),
    ]


@settings(max_examples=times(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(sorted(PARTS)), st.sampled_from(FAILURES)), min_size=1, max_size=3),
    st.sets(st.integers(0, 2), min_size=1, max_size=2),
)
def test_what_fails_on_one_workbook_is_its_own_finding(
    office: Office, faults: Sequence[tuple[str, Callable[[], BaseException]]], poisoned: set[int]
) -> None:
    files = three_workbooks(office)
    (receipts,) = intake.receive(office.context, [intake.Incoming(file, date(2025, 3, 10)) for file in files])
    submissions = [receipt.submission for receipt in receipts if isinstance(receipt, intake.Receipt)]
    marks = {submissions[which] for which in poisoned}
    with ExitStack() as stack:
        for part, failure in faults:
            stack.enter_context(failing(marks, part, failure))
        verdicts = {verdict.submission: verdict for verdict in validation.validate_pending(office.context)}
    assert verdicts.keys() == set(submissions)
    for which, submission in enumerate(submissions):
        codes = [finding.code for finding in verdicts[submission].findings]
        well = codes == ["choice.unknown"] if which == 2 else verdicts[submission].valid
        # Not every part meets every workbook: a poisoned one may get through, but only to its right verdict.
        assert well or (which in poisoned and codes == ["file.unforeseen"]), (which, codes)
    assert validation.validate_pending(office.context) == [], "nothing waits"
    kept = (office.context.settings.home / "log" / "nguon.jsonl").read_text() if marks else ""
    assert "unexpected" not in kept and "083204" not in kept


@pytest.mark.parametrize(
    "failure",
    [
        TransientError("database_unavailable", host="x", reason="y"),
        UsageError("key_missing", path="x"),
        MemoryError(),
        OSError(28, "No space left on device"),
        RuntimeError("can't start new thread"),
        sqlalchemy.exc.TimeoutError(),
        KeyboardInterrupt(),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_a_failure_that_lies_in_the_machine_rejects_nobody(office: Office, failure: BaseException) -> None:
    office.receive(office.write({"nominees": [AN]}))
    for part, name in ((log, "append"), (check, "check")):
        with mock.patch.object(part, name, side_effect=failure), pytest.raises(type(failure)):
            validation.validate_pending(office.context)
    (verdict,) = validation.validate_pending(office.context)
    assert verdict.valid


def test_a_file_that_cannot_be_recorded_stops_no_other_of_its_batch(office: Office) -> None:
    files = [office.write({"nominees": [AN]}, UNITS[0]), office.write({"nominees": [BINH]}, UNITS[1])]
    real = intake.vault.add_file

    def add_file(connection: object, submission: str, name: str, *rest: object) -> None:
        if name == files[0].name:
            raise ValueError(name)
        real(connection, submission, name, *rest)  # type: ignore[arg-type]

    with mock.patch.object(intake.vault, "add_file", add_file):
        (batch,) = intake.receive(office.context, [intake.Incoming(file, date(2025, 3, 10)) for file in files])
    refused, receipt = batch
    assert isinstance(refused, intake.NotTaken) and refused.error.key == "file_unforeseen"
    assert isinstance(receipt, intake.Receipt)
    (verdict,) = validation.validate_pending(office.context)
    assert verdict.valid
    assert str(files[0].name) not in (office.context.settings.home / "log" / "nguon.jsonl").read_text()


def test_batches_are_bounded_by_bytes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [office.write({"nominees": [{**AN, "identity": f"08320400000{n}"}]}) for n in range(4)]
    monkeypatch.setattr(intake, "BATCH_BYTES", 2 * files[0].stat().st_size + 100)
    batches = list(intake.receive(office.context, [intake.Incoming(file, date(2025, 3, 10)) for file in files]))
    assert [len(batch) for batch in batches] == [2, 2]
    monkeypatch.setattr(validation, "WAVE_BYTES", 1)
    waves: list[list[Verdict]] = []
    validation.validate_pending(office.context, waves.append)
    assert [len(wave) for wave in waves] == [1, 1, 1, 1]


def test_a_fault_of_the_database_about_one_workbook_is_that_workbooks(office: Office, fresh_database: Engine) -> None:
    """A trigger stands for any constraint that nobody foresaw."""
    with fresh_database.begin() as connection:
        connection.exec_driver_sql(
            "create function vault.refuse() returns trigger language plpgsql as $$ begin raise 'this is %%', new.match;"
            " end $$; create trigger refuse before insert on vault.subject for each row execute function vault.refuse()"
        )
    office.receive(office.write({"nominees": [AN]}))
    office.receive(office.write({}, UNITS[1]))
    verdicts = validation.validate_pending(office.context)
    assert [[finding.code for finding in verdict.findings] for verdict in verdicts] == [["file.unforeseen"], []]
