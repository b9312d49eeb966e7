"""What is laid down for the returns that are judged: how their rows may be, and from when on they may come."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from schemas.forms.form import Form
from schemas.forms.limits import Limits, limits
from schemas.forms.owing import days
from schemas.periods import Period
from schemas.policies.in_force import Rules
from warehouse.hierarchy.chains import chains
from warehouse.hierarchy.in_period import kinds_on


class Held(NamedTuple):
    """What one return is held against: what its rows may be, and the first day on which it may come."""

    limits: Limits
    opens: date


def held(
    connection: Connection, returns: Mapping[str, tuple[str, Form, Period]], rules: Rules, position: int
) -> dict[str, Held]:
    """By submission, of unit, form and period; what holds on the period's last day."""
    above = chains(connection, {(unit, period.last) for unit, _, period in returns.values()}, position)
    kinds = {
        last: kinds_on(connection, {unit for unit, _, p in returns.values() if p.last == last}, last, position)
        for last in {period.last for _, _, period in returns.values()}
    }
    return {
        submission: Held(
            limits(period.last, rules, above[unit, period.last]),
            days(form, period, rules, above[unit, period.last], kinds[period.last].get(unit)).opens,
        )
        for submission, (unit, form, period) in returns.items()
    }
