"""Every policy by its name, in the order in which people are shown them."""

from typing import Any

from schemas.policies import calendars, gate, lapses, offices, rating, safety, vocabularies
from schemas.policies.policy import Policy

POLICIES: dict[str, Policy[Any]] = {
    policy.name: policy
    for policy in (
        calendars.TIME_ZONE,
        calendars.YEARS_AHEAD,
        calendars.PARTY_TERM,
        calendars.UNION_TERM,
        calendars.COUNTED_UNTIL,
        calendars.OWES,
        calendars.OPENS,
        calendars.DUE,
        calendars.GRACE_DAYS,
        gate.REVIEW,
        gate.AGE_LEAST,
        gate.AGE_MOST,
        gate.AGE_USUAL_LEAST,
        gate.AGE_USUAL_MOST,
        gate.VOTE_SHARE,
        lapses.PROBATION_MONTHS,
        lapses.RESOLUTION_MONTHS,
        lapses.CERTIFICATE_MONTHS,
        lapses.NOTICE_MONTHS,
        rating.NOMINATION_SCALE,
        vocabularies.SOURCE_GROUPS,
        vocabularies.ACTIVITIES,
        vocabularies.GRADES,
        offices.RECIPIENTS,
        safety.UNSIGNED_HOURS,
        safety.CONSENT,
        safety.CONSENT_HOURS,
    )
}
