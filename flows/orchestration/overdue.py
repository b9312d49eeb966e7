"""Which reports should have been compiled by a day and were not: a root at a time, each by its own calendar."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from flows.context import Context
from flows.orchestration.schedule import complete_on, over
from schemas.periods import Period
from schemas.policies.calendars import DUE, GRACE_DAYS, OWES
from warehouse import hierarchy, policies
from warehouse.closings import closed, first_reported
from warehouse.hierarchy.chains import Chain, chains
from warehouse.projections import project


class Owed(NamedTuple):
    """The reports of a root, as it stood on the period's last day, and of all under it."""

    period: Period
    root: hierarchy.Unit


def overdue(context: Context, on: date) -> list[Owed]:
    """What was complete before the day and never closed, in the order in which it should have been compiled.

    It begins with the end of the first period for which a workbook was valid: before that there was nothing to report.
    """
    position = project.project(context.engine)
    with context.engine.connect() as connection:
        first = first_reported(connection)
        if first is None:
            return []
        done = closed(connection)
        found: list[Owed] = []
        for period in over(on, first):
            roots = hierarchy.root_units(connection, period.last, position)
            if any((root.unit, period.code) not in done for root in roots):
                ready = complete(connection, period, on, position)
                found += [Owed(period, root) for root in ready if (root.unit, period.code) not in done]
        return found


def complete(connection: Connection, period: Period, on: date, position: int) -> list[hierarchy.Unit]:
    """The roots of a period's last day for which it was complete before a day: nothing may still come in time."""
    rules = policies.rules(connection, position)
    scopes = {(unit, period.last) for unit in rules.units(DUE) | rules.units(OWES) | rules.units(GRACE_DAYS)}
    scoped = chains(connection, scopes, position).values()
    kinds = hierarchy.kinds_alive(connection, period.last, position)
    return [
        root
        for root in hierarchy.root_units(connection, period.last, position)
        if complete_on(period, rules, _under(root.unit, scoped), kinds) < on
    ]


def _under(root: str, scoped: Iterable[Chain]) -> list[Chain]:
    return [(root,), *(above for above in scoped if above[-1] == root)]
