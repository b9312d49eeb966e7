"""What a report shows of an indicator, from counted figures."""

import pytest

from reports.content.compiling import value_of
from schemas.indicators.catalogue import BY_CODE
from schemas.indicators.indicator import Rate
from schemas.periods import parse

LAST = parse("2025Q1").last


@pytest.mark.parametrize(
    ("above", "below", "shown"),
    [
        (1, 16, "6.3"),  # 6.25: neither cut off nor to the even digit
        (3, 16, "18.8"),  # 18.75
        (1, 80, "1.3"),  # 1.25
        (1, 2000, "0.1"),  # 0.05
        (1, 2001, "0.0"),
        (2, 3, "66.7"),
        (1, 3, "33.3"),
        (7, 5, "140.0"),
        (0, 5, "0.0"),
        (0, 0, None),
        (5, 0, None),
    ],
)
def test_a_rate_is_rounded_half_up_to_one_decimal(above: int, below: int, shown: str | None) -> None:
    rate = BY_CODE["admitted_rate"]
    assert isinstance(rate, Rate)
    assert value_of(rate, {rate.numerator: above, rate.denominator: below}, LAST) == shown
