"""By which policies an indicator counts."""

from typing import Any

from schemas.indicators.indicator import Activity, Count, Cumulative, Due, Grade, Indicator, Late, Standing, Submissions
from schemas.policies.calendars import COUNTED_UNTIL, DUE, GRACE_DAYS, OWES, PARTY_TERM, UNION_TERM
from schemas.policies.lapses import NOTICE_MONTHS
from schemas.policies.policy import Policy

_TERMS = {"term": PARTY_TERM, "union_term": UNION_TERM}


def counted_by(indicator: Indicator) -> tuple[Policy[Any], ...]:
    """The policies that decide what the indicator counts, or what it is worth; none where nothing else does."""
    match indicator:
        case Cumulative(since="term" | "union_term"):
            return COUNTED_UNTIL, _TERMS[indicator.since]
        case Due(lapse=lapse) if lapse:
            return COUNTED_UNTIL, lapse.months, NOTICE_MONTHS
        case Count() | Cumulative() | Late() | Standing() | Activity():
            return (COUNTED_UNTIL,)
        case Grade(scale=scale):
            return (scale,)
        case Submissions():
            return DUE, GRACE_DAYS, OWES
    return ()
