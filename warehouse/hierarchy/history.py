"""What was recorded about units over time, whatever they are today."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, text


class About(NamedTuple):
    """An event about a unit, or about one that became it: `body` is the event as recorded.

    `withdrawn`: a later event of the same day says anew all that it says. `undoes`: the unit lives again on the very
    day of an end recorded before.
    """

    unit: str
    position: int
    recorded_at: datetime
    type: str
    body: str
    withdrawn: bool
    undoes: bool


def events_about(connection: Connection, unit: str, position: int) -> list[About]:
    """All events about the units that ever bore a code (or about one, by its id), as known at a position; in no order.

    The end of a unit that was merged into them or split is one of them.
    """
    rows = connection.execute(
        text(
            "with named as (select distinct unit from unit_change"
            " where (upper(code) = upper(:unit) or unit::text = :unit) and position <= :position),"
            " about as (select unit, position from unit_change join named using (unit)"
            " union select s.successor, s.position from succession s join named on named.unit = s.successor)"
            " select about.unit::text, e.position, e.recorded_at, e.type, e.body::text as body,"
            " exists (select from unit_change l where l.unit = c.unit and l.on_date = c.on_date"
            " and l.position > c.position and l.position <= :position and (c.alive is null or l.alive is not null)"
            " and (c.code is null or l.code is not null) and (c.name is null or l.name is not null)"
            " and (c.kind is null or l.kind is not null) and (c.parent is null or c.alive or l.parent is not null))"
            " as withdrawn, coalesce(c.alive, false) and exists (select from unit_change l where l.unit = c.unit"
            " and l.on_date = c.on_date and not l.alive and l.position < c.position) as undoes"
            " from about join events.event e using (position) join unit_change c using (position)"
            " where e.position <= :position"
        ),
        {"unit": unit, "position": position},
    )
    return [About(*row) for row in rows]


def last_codes(connection: Connection, units: Collection[str], position: int | None = None) -> dict[str, str]:
    """The newest code of each unit, by id; as known at a position, if one is given."""
    return _last(connection, "code", units, position)


def last_names(connection: Connection, units: Collection[str], position: int | None = None) -> dict[str, str]:
    """The newest name of each unit, by id; as known at a position, if one is given."""
    return _last(connection, "name", units, position)


def _last(connection: Connection, column: str, units: Collection[str], position: int | None) -> dict[str, str]:
    rows = connection.execute(
        text(
            f"select distinct on (unit) unit::text, {column} as value from unit_change"
            f" where unit = any(cast(:units as uuid[])) and {column} is not null"
            " and position <= coalesce(cast(:position as bigint), position)"
            " order by unit, on_date desc, position desc"
        ),
        {"units": list(units), "position": position},
    )
    return {row.unit: row.value for row in rows}


def first_to_bear(connection: Connection, code: str, after: date, position: int) -> str | None:
    """The id of the unit that is the first to bear a code after a day, as known at a position."""
    found = connection.execute(
        text(
            "select unit::text from unit_change where upper(code) = upper(:code) and on_date > :after"
            " and position <= :position order by on_date, position limit 1"
        ),
        {"code": code, "after": after, "position": position},
    ).scalar()
    return None if found is None else str(found)


def successions(connection: Connection, units: Sequence[str], position: int, on: date) -> list[tuple[str, str]]:
    """Each unit that had ended by a day beside each one that follows it, where one of both is among `units`.

    Of several ends of one unit the last is told; one that another event of its own day takes back is none.
    """
    rows = connection.execute(
        text(
            "select distinct s.unit::text, s.successor::text from succession s"
            " cross join lateral (select position from unit_change c where c.unit = s.unit and alive is not null"
            " and on_date <= :on and position <= :position order by on_date desc, position desc limit 1) as last"
            " where s.position = last.position"
            " and (s.unit = any(cast(:units as uuid[])) or s.successor = any(cast(:units as uuid[])))"
        ),
        {"units": list(units), "position": position, "on": on},
    )
    return [(row.unit, row.successor) for row in rows]


def living_again(connection: Connection, units: Sequence[str], position: int, on: date) -> set[str]:
    """Which of the units live on a day because they were revived, or because an end was undone."""
    rows = connection.execute(
        text(
            "select unit::text from (select distinct on (unit) unit, alive, code from unit_change"
            " where unit = any(cast(:units as uuid[])) and alive is not null and on_date <= :on"
            " and position <= :position order by unit, on_date desc, position desc) as last"
            " where alive and code is null"
        ),
        {"units": list(units), "position": position, "on": on},
    )
    return set(rows.scalars())
