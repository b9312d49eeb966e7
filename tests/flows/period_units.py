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


def acting_for(units: Sequence[Event], unit: str | None) -> set[str]:
    """Who may report in a unit's place: itself, who followed it, and whoever was above these."""
    found = heirs(units, unit) if unit else set()
    placings = [(at, said) for at, said in units if _parent(said)]
    held = [
        said
        for at, said in placings
        if not any((o.unit, o.on) == (said.unit, said.on) and later > at for later, o in placings)
    ]
    while more := {said.parent for said in held if said.unit in found} - found:
        found |= more
    return found


def _parent(said: Any) -> str | None:
    return getattr(said, "parent", None)
