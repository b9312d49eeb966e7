"""Legal holds: a duty to keep a person's data, which refuses erasure until it is released."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, text

from events import log, vault
from events.ids import new_id
from events.log.read import read
from events.log.recorded import NewEvent
from events.types.people import HoldPlaced, HoldReleased


class Hold(NamedTuple):
    """A hold in force: on whom, why (a code), by whom and since when."""

    hold: str
    subject: str
    reason: str
    placed_by: str
    placed_at: datetime


def in_force(connection: Connection, subject: str | None = None) -> list[Hold]:
    """The holds that are not released, oldest first; those on one person where `subject` is given."""
    rows = connection.execute(
        text(
            "select h.hold::text, h.subject::text, h.reason, h.placed_by from vault.hold h"
            " where h.released_by is null and (cast(:subject as uuid) is null or h.subject = :subject)"
        ),
        {"subject": subject},
    )
    held = {row.hold: row for row in rows}
    stream = subject and f"nomination-{subject}"
    placed = list(read(connection, stream=stream, types=["HoldPlaced"])) if held else []
    return [
        Hold(hold.hold, hold.subject, hold.reason, hold.placed_by, event.recorded_at)
        for event in placed
        if isinstance(event.payload, HoldPlaced) and (hold := held.get(event.payload.hold))
    ]


def place(connection: Connection, subject: str, reason: str, officer: str, by: str) -> bool:
    """Place a hold in the name of `officer`; False where one for this reason is in force already.

    Appends to the log, `by` an actor, so it must be called under READ COMMITTED. Raises WrongExpectedVersion when
    something else is recorded about the person at the same time.
    """
    version = _version(connection, subject)
    if any(hold.reason == reason for hold in in_force(connection, subject)):
        return False
    hold, bound = new_id(), vault.seal(officer, reason.encode())
    connection.execute(
        text(
            "insert into vault.hold (hold, subject, reason, placed_by, placed_salt)"
            " values (:hold, :subject, :reason, :officer, :salt)"
        ),
        {"hold": hold, "subject": subject, "reason": reason, "officer": officer, "salt": bound.salt},
    )
    payload = HoldPlaced(hold, subject, reason, bound.commitment.hex())
    log.append(connection, [NewEvent(f"nomination-{subject}", version + 1, payload)], by)
    return True


def release(connection: Connection, subject: str, officer: str, by: str) -> list[Hold]:
    """Release all holds on a person in the name of `officer`; those that were in force. Raises as `place` does."""
    version = _version(connection, subject)
    released = in_force(connection, subject)
    events = []
    for number, held in enumerate(released, start=1):
        bound = vault.seal(officer, held.reason.encode())
        connection.execute(
            text("update vault.hold set released_by = :officer, released_salt = :salt where hold = :hold"),
            {"officer": officer, "salt": bound.salt, "hold": held.hold},
        )
        payload = HoldReleased(held.hold, subject, bound.commitment.hex())
        events.append(NewEvent(f"nomination-{subject}", version + number, payload))
    if events:
        log.append(connection, events, by)
    return released


def _version(connection: Connection, subject: str) -> int:
    # Read before the holds: one that is placed in between has then taken the next version, and ours is refused.
    return log.stream_versions(connection, [f"nomination-{subject}"]).get(f"nomination-{subject}", 0)
