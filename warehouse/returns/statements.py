"""What returns state at this moment: of a return everything that it states, of a person who states what about them."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text

from events.database import cursor_of
from events.log.recorded import Recorded, decode
from events.types.nominations import NomineeIdentified, Step
from warehouse.hierarchy.history import last_codes
from warehouse.returns.returns import Key

_OPENED = """
select s.unit::text, s.form, s.period, e.position, e.body::text as body
from unnest(cast(:units as uuid[]), cast(:forms as text[]), cast(:periods as text[])) as a (unit, form, period)
join submission s on s.unit = a.unit and s.form = a.form and s.period = a.period and s.valid
join events.event e on e.stream = 'submission-' || s.submission
    and e.type in ('SubmissionFoundValid', 'SubmissionAccepted')
"""
"""Grain: one row per event that made a submission of a return count, or may have."""

_FOLLOWING = """
select o.number, e.position, e.body::text as body
from unnest(cast(:after as bigint[]), cast(:upto as bigint[])) with ordinality as o (after, upto, number)
join statement s on s.position > o.after and s.position <= o.upto and s.position_to is null
join events.event e on e.position = s.position
order by e.position
"""

_OF_PERSONS = """
select distinct on (f.stated) f.stated, f.subject::text, f.unit::text, f.step, f.on_date, f.receiver::text,
    s.last, r.unit::text, r.form, r.period
from step f
join statement s on s.position = f.stated and s.position_to is null
left join submission r on r.submission = f.submission
where f.subject = any(%s::uuid[])
order by f.stated
"""


class PersonStatement(NamedTuple):
    """A step of a person (being identified is the first) as a return states it.

    `unit` is the one to which the fact belongs, `key` the return (its parts None for what came with none), `last` the
    last day of its period, `receiver` the unit to which a transfer goes.
    """

    position: int
    subject: str
    unit: str
    step: str
    on: date
    receiver: str | None
    last: date
    key: Key


def of_returns(connection: Connection, keys: Collection[Key]) -> dict[Key, list[Recorded]]:
    """Everything that returns state, in log order."""
    found: dict[Key, list[Recorded]] = {key: [] for key in keys}
    rows = connection.execute(
        text(_OPENED),
        {
            "units": [key.unit for key in found],
            "forms": [key.form for key in found],
            "periods": [key.period for key in found],
        },
    )
    opened = [(Key(row.unit, row.form, row.period), decode(row.position, row.body)) for row in rows]
    # Facts follow without a gap what made their submission count.
    after = [event.position for _, event in opened]
    upto = [event.position + event.payload.facts for _, event in opened]  # type: ignore[attr-defined]
    for row in connection.execute(text(_FOLLOWING), {"after": after, "upto": upto}):
        found[opened[row.number - 1][0]].append(decode(row.position, row.body))
    return found


def of_persons(connection: Connection, subjects: Collection[str]) -> list[PersonStatement]:
    """Every step that any return states of people, in log order."""
    if not subjects:
        return []
    with cursor_of(connection) as cursor:
        cursor.execute(_OF_PERSONS, (list(subjects),))
        return [PersonStatement._make((*row[:7], Key(*row[7:]))) for row in cursor]


def current(statements: Collection[PersonStatement]) -> Mapping[tuple[str, str, date | None], PersonStatement]:
    """Of several statements of one thing that which counts: by subject, step, and day (None for being identified)."""
    found: dict[tuple[str, str, date | None], PersonStatement] = {}
    for one in sorted(statements, key=lambda one: (one.last, one.position)):
        found[one.subject, one.step, None if one.step == "identified" else one.on] = one
    return found


def resting_on(connection: Connection, key: Key, events: Collection[Recorded]) -> list[str]:
    """The other returns that state something of the people in a return's events, as `unit code period`, in order."""
    people = {event.payload.subject for event in events if isinstance(event.payload, NomineeIdentified | Step)}
    others = {one.key for one in of_persons(connection, people) if one.key != key and one.key.unit}
    codes = last_codes(connection, {other.unit for other in others})
    return sorted(f"{codes[other.unit]} {other.period}" for other in others)
