"""Units as of a period: whoever lived on a day of it, under the codes and kinds that it bore then."""

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection

from events.errors import UsageError
from schemas.periods import Period

_HERE = Path(__file__).parent
_IN_PERIOD, _BEARERS, _RELATED, _WITHOUT_HEIR = (
    (_HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("in_period", "bearers", "related", "without_heir")
)


class Lived(NamedTuple):
    """What a unit was called, and of what kinds it was, on the days of a period on which it lived."""

    codes: frozenset[str]
    kinds: frozenset[str]


class Bearer(NamedTuple):
    """A unit as it stood on the last day of a period on which it bore a code; `under` is its superior's kind."""

    unit: str
    last_day: date
    code: str
    name: str
    kind: str
    under: str | None


def lived(
    connection: Connection, wanted: Collection[tuple[str, Period]], position: int
) -> dict[tuple[str, Period], Lived]:
    """What units were in periods, by id and period; those that lived on no day of one are left out."""
    asked = list(dict.fromkeys(wanted))
    rows = connection.exec_driver_sql(
        _IN_PERIOD,
        {
            "units": [unit for unit, _ in asked],
            "firsts": [period.first for _, period in asked],
            "lasts": [period.last for _, period in asked],
            "position": position,
        },
    )
    by_days = {(unit, period.first, period.last): (unit, period) for unit, period in asked}
    return {
        by_days[row.unit, row.first, row.last]: Lived(frozenset(row.codes or ()), frozenset(row.kinds or ()))
        for row in rows
    }


def bearer(connection: Connection, code: str, period: Period, position: int) -> Bearer:
    """The unit that bore a code on a day of a period, the latest if they were several; a UUID is taken as it is.

    Raises UsageError `unknown_unit`.
    """
    row = connection.exec_driver_sql(
        _BEARERS, {"code": code, "first": period.first, "last": period.last, "position": position}
    ).first()
    if row is None:
        raise UsageError("unknown_unit", unit=code, on=period.last.isoformat())
    return Bearer(*row)


def may_act_for(
    connection: Connection, wanted: Collection[tuple[str, Period]], position: int
) -> dict[tuple[str, Period], set[str]]:
    """For each unit and period those that may report in its place.

    These are itself, its successors, and every unit that stood above one of these on a day of the period.
    """
    found: dict[tuple[str, Period], set[str]] = {one: set() for one in wanted}
    by_days = {(unit, period.first, period.last): found[unit, period] for unit, period in found}
    asked = {
        "units": [unit for unit, _ in found],
        "firsts": [period.first for _, period in found],
        "lasts": [period.last for _, period in found],
        "position": position,
    }
    for row in connection.exec_driver_sql(_RELATED, asked):
        by_days[row.of, row.first, row.last].add(row.unit)
    return found


def without_heir(connection: Connection, units: Collection[str], position: int) -> dict[str, date]:
    """Of units those that have ended, as have all that followed them, with the day since which none of these lives."""
    rows = connection.exec_driver_sql(_WITHOUT_HEIR, {"units": list(set(units)), "position": position})
    return {row.of: row.since for row in rows}


def kinds_on(connection: Connection, units: Collection[str], on: date, position: int) -> dict[str, str]:
    """The kind that each unit was of on a day, or was of last before it."""
    rows = connection.exec_driver_sql(
        "select distinct on (unit) unit::text, kind from unit_change where unit = any(%(units)s::uuid[])"
        " and kind is not null and on_date <= %(on)s and position <= %(position)s"
        " order by unit, on_date desc, position desc",
        {"units": list(units), "on": on, "position": position},
    )
    return {row.unit: row.kind for row in rows}
