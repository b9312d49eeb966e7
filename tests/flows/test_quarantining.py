"""An event that no program wrote stops nobody for good: it is named, and passed over once that is decided."""

from datetime import date

import pytest
from sqlalchemy import text

from events import log
from events.errors import RefusedError, TerminalError, UsageError
from events.log.quarantine import quarantined
from events.log.read import read
from events.log.recorded import NewEvent
from events.proof.export import export
from events.types.quarantine import PositionQuarantined
from flows import audit, checkpoints, policies
from flows.quarantining import quarantine
from flows.verify import VerifyFailed, verify
from tests.actors import TESTER
from tests.flows.office import Office
from warehouse.projections import project
from warehouse.rebuild import rebuild

START = date(2025, 1, 1)

POISONED = """
with head as (select * from events.lock_head('poison-{name}', 1))
insert into events.event (position, stream, stream_version, type, recorded_at, body)
select head_position + 1, 'poison-{name}', 1, '{type}', stamp, json(
    '{{"at":"' || to_char(stamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","by":"command.submit","data":' || $poison${data}$poison$
    || ',"stream":"poison-{name}","type":"{type}","v":1,"version":1}}'
)
from head
returning position
"""

POISON = {
    "nothing": ("PolicySet", "{}"),
    "zero": ("PolicySet", r'{"on":"2026-01-01","policy":"consent","value":"\u0000"}'),
    "number": ("PolicySet", '{"on":"2026-01-01","policy":"consent","value":1e999999}'),
    "month": ("PolicySet", '{"on":"2026-13-01","policy":"consent","value":"none"}'),
    "day": ("PolicySet", '{"on":"tomorrow","policy":"consent","value":"none"}'),
    "type": ("FromTheFuture", "{}"),
}
"""Bodies whose envelope is right, so that the guard, which can't know every type, lets them in."""


def poison(office: Office, name: str) -> int:
    """Write around the program, with the rights that it has."""
    kind, data = POISON[name]
    with office.context.engine.begin() as connection:
        return int(connection.exec_driver_sql(POISONED.format(name=name, type=kind, data=data)).scalar_one())


def head(office: Office) -> int:
    """The last position of the log."""
    with office.context.engine.connect() as connection:
        return log.head(connection)[0]


def told(office: Office) -> set[tuple[str, object]]:
    """The keys and positions of all faults."""
    try:
        verify(office.context.engine, checkpoints.keys_of(office.context))
    except VerifyFailed as failed:
        return {(part.key, part.details.get("position")) for part in failed.parts}
    return set()


def test_every_poison_is_named_and_passed_over_once_that_is_decided(office: Office) -> None:
    engine = office.context.engine
    positions = {name: poison(office, name) for name in POISON}
    for name in ("nothing", "zero", "number", "month"):
        with pytest.raises(TerminalError, match="event_unreadable") as stopped:
            project.project(engine)
        assert stopped.value.details == {"position": positions[name]}
        with pytest.raises(TerminalError, match="event_unreadable"):
            audit.trace(office.context, "1", "reader")
        with engine.connect() as connection, pytest.raises(TerminalError, match="event_unreadable"):
            list(read(connection, positions[name] - 1))
        assert {position for _, position in told(office)} >= {positions[name]}
        done = quarantine(office.context, positions[name], "not_by_the_program")
        assert done.recorded
        assert not done.stale
    assert done.next is None
    assert done.reached == head(office)
    # What a projection can make something of is found by verifying alone, and then taken out of the warehouse.
    assert told(office) == {("verify.body_malformed", positions["day"]), ("verify.body_unknown", positions["type"])}
    for name in ("day", "type"):
        done = quarantine(office.context, positions[name], "newer_program")
        assert done.stale
    assert rebuild(engine).differing == ("policy",)
    again = quarantine(office.context, positions["type"], "newer_program")
    assert again.recorded is None
    assert set(verify(engine, checkpoints.keys_of(office.context), warehouse=True).quarantined) == set(
        positions.values()
    )
    policies.lay_down(office.context, "consent", "none", START)
    assert project.project(engine) == head(office)
    assert rebuild(engine).differing == ()
    with engine.connect() as connection:
        assert not {event.position for event in read(connection)} & set(positions.values())


def test_export_holds_what_is_poisoned_as_it_stands(office: Office) -> None:
    position = poison(office, "nothing")
    signed = checkpoints.sign(office.context)
    with office.context.engine.connect() as connection:
        assert export(connection, office.folder / "log", signed.note, checkpoints.keys_of(office.context).log) > 0
    bundle = b"".join(
        path.read_bytes() for path in (office.folder / "log").rglob("*") if "entries" in path.parts and path.is_file()
    )
    assert b'"data":{},"stream":"poison-nothing"' in bundle
    assert position == head(office)


def test_what_can_be_read_is_not_quarantined_nor_hidden(office: Office) -> None:
    engine = office.context.engine
    policies.lay_down(office.context, "consent", "none", START)
    last = head(office)
    with pytest.raises(RefusedError, match="position_readable"):
        quarantine(office.context, last, "damaged")
    with pytest.raises(UsageError, match="unknown_position"):
        quarantine(office.context, last + 1, "damaged")
    with pytest.raises(UsageError, match="unknown_reason"):
        quarantine(office.context, last, "because")
    with engine.begin() as connection:
        log.append(connection, [NewEvent(f"position-{last}", 1, PositionQuarantined(last, "damaged"))], TESTER)
    assert rebuild(engine).differing == ()
    with engine.connect() as connection:
        assert last in {event.position for event in read(connection)}
        assert connection.execute(text("select count(*) from policy where policy = 'consent'")).scalar_one() == 1


def test_quarantine_may_need_two_people(office: Office) -> None:
    policies.lay_down(office.context, "consent", "quarantine", START)
    position = poison(office, "nothing")
    with pytest.raises(RefusedError, match="consent_needed"):
        quarantine(office.context, position, "damaged")
    with office.context.engine.connect() as connection:
        assert position not in quarantined(connection)
