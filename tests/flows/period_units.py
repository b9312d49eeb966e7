"""Units as of a period in the plain model: day by day, out of everything that was said about them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from schemas.periods import Period
from tests.warehouse import unit_model
from tests.warehouse.unit_model import Event


def lived(units: Sequence[Event], unit: str, period: Period) -> tuple[set[str], set[str]]:
    """The codes and kinds of a unit on the days of a period on which it lived."""
    codes, kinds = set(), set()
    for day in {period.first, *(said.on for _, said in units if period.first <= said.on <= period.last)}:
        state = unit_model.states(units, day).get(unit)
        if state and state.alive:
            codes.add(state.code)
            kinds.add(state.kind)
    return codes, kinds


def bearer(units: Sequence[Event], code: str, period: Period) -> tuple[str, date] | None:
    """The unit that was the last to bear a code in a period, and its last day with it there."""
    ends = {period.last, *(said.on - timedelta(days=1) for _, said in units), *(said.on for _, said in units)}
    for day in sorted((day for day in ends if period.first <= day <= period.last), reverse=True):
        for unit, state in unit_model.states(units, day).items():
            if state.alive and state.code == code:
                return unit, day
    return None


def heirs(units: Sequence[Event], unit: str) -> set[str]:
    """A unit and those who followed it, or followed these."""
    found = {unit}
    ends = [said for at, said in units if not unit_model.is_taken_back(units, (at, said))]
    while more := {u for said in ends if said.unit in found for u in unit_model.followers(said)} - found:
        found |= more
    return found


def acting_for(units: Sequence[Event], unit: str | None, period: Period) -> set[str]:
    """Who may report in a unit's place: itself, who followed it, and who stood above these on a day of the period."""
    found = heirs(units, unit) if unit else set()
    days = {period.first, *(said.on for _, said in units if period.first <= said.on <= period.last)}
    above = [unit_model.states(units, day) for day in days]
    while more := {s[u].parent for s in above for u in found if u in s and s[u].parent} - found:
        found |= {parent for parent in more if parent}
    return found


def without_heir(units: Sequence[Event], unit: str | None) -> date:
    """Since when neither a unit nor any that followed it lives; the last of all days if one does."""
    ends = []
    for one in heirs(units, unit) if unit else ():
        lives = [said for _, said in unit_model.in_time(units) if said.unit == one and _is_of_life(said)]
        if lives and not isinstance(lives[-1], unit_model.ENDS):
            return date.max
        ends += [said.on for said in lives[-1:]]
    return max(ends, default=date.max)


def _is_of_life(said: Any) -> bool:
    return isinstance(said, unit_model.BEGINS + unit_model.ENDS)
