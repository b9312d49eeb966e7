"""A plain model of policies: what holds is looked for one way after the other, from the nearest to the widest."""

import random
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from events.log.recorded import NewEvent
from events.types.policies import PolicySet
from schemas.policies.catalogue import POLICIES
from schemas.policies.policy import Series
from tests.warehouse import unit_model


class Said(NamedTuple):
    """A value laid down at a position."""

    position: int
    payload: PolicySet


def holds(
    said: Sequence[Said],
    policy: str,
    on: date,
    above: Sequence[str] = (),
    form: str | None = None,
    kind: str | None = None,
    usual: Series[Any] | None = None,
) -> tuple[Any, date]:
    """The value that holds on a day, and since when it does."""
    of = POLICIES[policy]
    ways = [(unit, f, k) for unit in (*above, None) for f in (form, None) for k in (kind, None)]
    usually = [(value, since) for since, value in (of.usual if usual is None else usual) if since <= on][-1]
    for way in dict.fromkeys(ways):
        found = [
            one
            for one in said
            if one.payload.policy == policy
            and one.payload.on <= on
            and (one.payload.unit, one.payload.form, one.payload.kind) == way
        ]
        if found:
            best = max(found, key=lambda one: (one.payload.on, one.position)).payload
            if way == (None, None, None) and best.on < usually[1]:
                break
            return of.read(best.value), best.on
    return usually


def above(units: Sequence[unit_model.Event], unit: str, on: date) -> list[str]:
    """A unit and all that it stands under on a day, or stood under last."""
    states, found = unit_model.states(units, on), [unit]
    while (state := states.get(found[-1])) and state.parent:
        found.append(state.parent)
    return found


VALUES = {
    "counted_until": ("last/14", "last/20", "last/31"),
    "party_term": ("2020-2026", "2024-2029"),
    "union_term": ("2022-2027", "2023-2028"),
    "probation_months": ("6", "12", "18"),
    "resolution_months": ("3", "12", "24"),
    "certificate_months": ("6", "60"),
    "notice_months": ("1", "6"),
    "nomination_scale": ("100/80/50/0", "90/60/30/0"),
    "due": ("last/5", "last+1/10"),
    "grace_days": ("0", "7"),
    "owes": ("yes", "no"),
}
"""What is laid down at random."""


def random_policies(rng: random.Random, units: Sequence[str], root: str, days: Sequence[date]) -> list[NewEvent]:
    """Policies of a run's root, and of its units where they may be laid down for any."""
    events: dict[str, list[NewEvent]] = {}
    for name, values in VALUES.items():
        for _ in range(rng.choice((0, 1, 1, 2))):
            policy = POLICIES[name]
            unit = root if policy.of == "root" else rng.choice([root, *units])
            form = rng.choice((None, "branch-quarterly", "activities")) if "form" in policy.narrowed else None
            kind = rng.choice((None, None, "branch", "commune")) if "kind" in policy.narrowed else None
            on = rng.choice([date(2019, 1, 1), *days])
            said = events.setdefault(name, [])
            stream = f"policy-{name.replace('_', '-')}-{root}"
            said.append(NewEvent(stream, len(said) + 1, PolicySet(name, rng.choice(values), on, unit, form, kind)))
    return [event for said in events.values() for event in said]
