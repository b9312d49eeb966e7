"""When a valid return counts: at once, or when the level above has accepted it."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection

from schemas.periods import Period
from schemas.policies.gate import AT_ONCE, REVIEW
from warehouse import policies
from warehouse.hierarchy.chains import chains
from warehouse.hierarchy.in_period import kinds_on


class Return(NamedTuple):
    """Whose return on which form."""

    unit: str
    form: str


def counts_at_once(
    connection: Connection, returns: Collection[Return], period: Period, position: int
) -> dict[Return, bool]:
    """Whether valid returns on a period count without anybody's doing; the values of the period's last day hold."""
    rules = policies.rules(connection, position)
    if not rules:
        return dict.fromkeys(returns, True)
    units = {one.unit for one in returns}
    above = chains(connection, {(unit, period.last) for unit in units}, position)
    kinds = kinds_on(connection, units, period.last, position)
    return {
        one: rules.in_force(
            REVIEW, period.last, above[one.unit, period.last], form=one.form, kind=kinds.get(one.unit)
        ).value
        == AT_ONCE
        for one in returns
    }
