"""What a benchmark answers: a figure, the figure it stands against, and the bound on their ratio."""

from typing import Literal

import msgspec

Sense = Literal["or more", "or less"]


class Bound(msgspec.Struct, frozen=True):
    """A limit on a ratio: of speeds where it is the least ("or more"), of times or sizes where it is the most."""

    limit: float
    sense: Sense

    def holds(self, ratio: float) -> bool:
        """Whether the ratio keeps to the limit."""
        return ratio >= self.limit if self.sense == "or more" else ratio <= self.limit


class Case(msgspec.Struct, frozen=True):
    """One measured pair, such as the one at a batch size."""

    case: str
    value: float
    against_value: float

    @property
    def ratio(self) -> float:
        """The value by what it stands against."""
        return self.value / self.against_value


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a benchmark; where it has several cases, the figures are those of the worst."""

    value: float
    unit: str
    against: str
    against_value: float
    ratio: float
    bound: Bound
    holds: bool
    cases: tuple[Case, ...]

    def figures(self) -> dict[str, float | str]:
        """What is written of it for programs: value, unit, against, against_value, ratio."""
        return {name: getattr(self, name) for name in ("value", "unit", "against", "against_value", "ratio")}


def judge(cases: list[Case], unit: str, against: str, bound: Bound) -> Result:
    """The result of the case that comes closest to breaking the bound, or breaks it most."""
    worst = (min if bound.sense == "or more" else max)(cases, key=lambda case: case.ratio)
    return Result(
        value=worst.value,
        unit=unit,
        against=against,
        against_value=worst.against_value,
        ratio=worst.ratio,
        bound=bound,
        holds=bound.holds(worst.ratio),
        cases=tuple(cases),
    )
