"""What holds on a day: of everything that was laid down the nearest to a unit, then the narrowest, then the newest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from schemas.policies.policy import Policy, Series

T = TypeVar("T")


class LaidDown(NamedTuple):
    """A value as it was laid down, from the day `on`; None where it is for all. `unit` is an id."""

    policy: str
    value: str
    on: date
    unit: str | None
    form: str | None
    kind: str | None
    order: str | None
    position: int


@dataclass(frozen=True)
class InForce(Generic[T]):
    """What holds: since which day, and by whose record (None for what is usual)."""

    value: T
    since: date
    by: LaidDown | None


class Rules:
    """Everything that was laid down, as known at some position of the log."""

    def __init__(self, laid_down: Iterable[LaidDown] = ()) -> None:
        self._by_policy: dict[str, list[LaidDown]] = {}
        for one in laid_down:
            self._by_policy.setdefault(one.policy, []).append(one)

    def in_force(
        self,
        policy: Policy[T],
        on: date,
        above: Sequence[str] = (),
        *,
        form: str | None = None,
        kind: str | None = None,
        usual: Series[T] | None = None,
    ) -> InForce[T]:
        """What holds on a day for a unit, for a return on a form where one is meant, and for units of its kind.

        `above` are the unit and all above it, itself first. `usual` stands for the policy's own where a form declares
        what is usual of it.
        """
        height = {unit: place for place, unit in enumerate(above)}
        found = [
            one
            for one in self._by_policy.get(policy.name, ())
            if one.on <= on
            and (one.unit is None or one.unit in height)
            and one.form in (None, form)
            and one.kind in (None, kind)
        ]
        series = policy.usual if usual is None else usual
        since, value = next(((s, v) for s, v in reversed(series) if s <= on), series[0])
        usually = InForce(value, since, None)
        if not found:
            return usually
        best = min(
            found,
            key=lambda one: (
                one.unit is None,
                height.get(one.unit or "", 0),
                one.form is None,
                one.kind is None,
                -one.on.toordinal(),
                -one.position,
            ),
        )
        # What is usual changes too: the newer of what is said for all holds.
        if (best.unit, best.form, best.kind) == (None, None, None) and best.on < since:
            return usually
        return InForce(policy.read(best.value), best.on, best)

    def series(self, policy: Policy[T], above: Sequence[str] = ()) -> Series[T]:
        """What holds for a unit from which day on, as long as anybody has laid down."""
        days = {since for since, _ in policy.usual} | {one.on for one in self._by_policy.get(policy.name, ())}
        days = {day for day in days if day >= policy.usual[0][0]}
        return tuple((day, self.in_force(policy, day, above).value) for day in sorted(days))

    def values(self, policy: Policy[T]) -> list[T]:
        """Every value that was ever laid down."""
        return [policy.read(one.value) for one in self._by_policy.get(policy.name, ())]

    def units(self, *policies: Policy[T]) -> set[str]:
        """The units for which a value of any of these was laid down."""
        return {one.unit for policy in policies for one in self._by_policy.get(policy.name, ()) if one.unit}

    def __bool__(self) -> bool:
        return bool(self._by_policy)


USUAL = Rules()
"""Nothing was laid down."""
