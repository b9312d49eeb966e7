"""Dated settings of the rules about terms and ratings: each holds from a day on, until the next.

Sources: probation 12 months and the awareness class's certificate 60 months are published rules; a resolution's
12 months and the percentages of the rating are common practice that differs by province (letter 2164-CV/TĐTN-TCKT
makes nominations a criterion of the rating, without a number).
"""

from datetime import date
from typing import TypeVar

from schemas.vocabulary.terms import Text

_SINCE_EVER = date(1900, 1, 1)

PROBATION_MONTHS = ((_SINCE_EVER, 12),)
"""From the decision on admission to the one on full membership."""

RESOLUTION_MONTHS = ((_SINCE_EVER, 12),)
"""How long a resolution to nominate is valid, from its day or that of its renewal."""

CERTIFICATE_MONTHS = ((_SINCE_EVER, 60),)
"""How long the certificate of the awareness class is valid."""

NOTICE_MONTHS = 3
"""What lapses so soon after a period's end is due in its report: the next quarter."""

TERMS = (_SINCE_EVER, date(2015, 1, 1), date(2020, 1, 1), date(2026, 1, 1))
"""First days of the Union's terms; the letter's is 2020-2025."""

NOMINATION_SCALES = ((_SINCE_EVER, {4: 100, 3: 80, 2: 50, 1: 0}),)
"""Least percentage of the year's target for each grade of the nomination criterion."""

GRADE_TITLES = {
    4: Text("Xuất sắc", "Excellent"),
    3: Text("Tốt", "Good"),
    2: Text("Hoàn thành", "Fulfilled"),
    1: Text("Không hoàn thành", "Not fulfilled"),
}

T = TypeVar("T")


def in_force(setting: tuple[tuple[date, T], ...], on: date) -> T:
    """What a dated setting says on a day."""
    return next(value for since, value in reversed(setting) if since <= on)


def term_of(on: date) -> date:
    """The first day of the term that a day lies in."""
    return max(first for first in TERMS if first <= on)
