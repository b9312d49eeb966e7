"""All indicators, and every figure that they make: what the roll-up, reports, trace and documentation read.

A new one is a declaration in one of the three lists, and no other line.
"""

from typing import NamedTuple, TypeVar, get_args

from schemas.indicators.indicator import Breakdown, Indicator, Kind
from schemas.indicators.of_people import OF_PERSONS
from schemas.indicators.of_returns import OF_RETURNS
from schemas.indicators.of_steps import OF_STEPS

_ORDER = get_args(Kind)
_I = TypeVar("_I", bound=Indicator)

INDICATORS: tuple[Indicator, ...] = tuple(
    sorted((*OF_STEPS, *OF_PERSONS, *OF_RETURNS), key=lambda indicator: _ORDER.index(indicator.kind))
)

BY_CODE = {indicator.code: indicator for indicator in INDICATORS}


class Figure(NamedTuple):
    """What a column shows: an indicator, whole or the part of it with one term of a breakdown."""

    indicator: Indicator
    breakdown: Breakdown | None = None
    term: str = ""

    @property
    def code(self) -> str:
        """What the figure is called in reports and by `nguon trace`."""
        return f"{self.indicator.code}.{self.breakdown.code}.{self.term}" if self.breakdown else self.indicator.code


FIGURES = {
    figure.code: figure
    for figure in (
        *(Figure(indicator) for indicator in INDICATORS),
        *(Figure(i, breakdown, term) for i in INDICATORS for breakdown in i.breakdowns for term in breakdown.terms),
    )
}
"""By code: the indicators in the order of reports, then the parts of each."""


def of_type(kind: type[_I]) -> tuple[_I, ...]:
    """The indicators that are counted in one way."""
    return tuple(indicator for indicator in INDICATORS if type(indicator) is kind)
