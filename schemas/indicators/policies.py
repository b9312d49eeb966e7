"""By which policies an indicator counts."""

from typing import Any

from schemas.indicators.indicator import Activity, Count, Cumulative, Due, Indicator, Late, Standing, Submissions
from schemas.policies.calendars import COUNTED_UNTIL, DUE, GRACE_DAYS, OWES, PARTY_TERM, UNION_TERM
from schemas.policies.lapses import NOTICE_MONTHS
from schemas.policies.policy import Policy

_TERMS = {"term": PARTY_TERM, "union_term": UNION_TERM}


def counted_by(indicator: Indicator) -> tuple[Policy[Any], ...]:
    """The policies that decide which facts the indicator counts; none where it counts all that was reported."""
    match indicator:
        case Cumulative(since="term" | "union_term"):
            return COUNTED_UNTIL, _TERMS[indicator.since]
        case Due(lapse=lapse) if lapse:
            return COUNTED_UNTIL, lapse.months, NOTICE_MONTHS
        case Count() | Cumulative() | Late() | Standing() | Activity():
            return (COUNTED_UNTIL,)
        case Submissions():
            return DUE, GRACE_DAYS, OWES
    return ()
