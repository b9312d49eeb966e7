"""Which figures of a unit are known: zero is what somebody reported, not what nobody spoke of.

A figure that counts facts is its sum where there are any. Where there are none it is zero if, of the unit or of a unit
below it, a return that states such facts counts for a time within the figure's window, or another such fact stands;
else it is unknown. Numbers and targets are known only where they were reported.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from events.database import streamed
from schemas.forms import family
from schemas.indicators.catalogue import INDICATORS
from schemas.indicators.indicator import (
    Activity,
    Count,
    Cumulative,
    Indicator,
    Late,
    Rated,
    Reported,
    Standing,
    Stock,
    Target,
)
from schemas.periods import parse, quarter_of
from schemas.policies.calendars import PARTY_TERM, UNION_TERM
from warehouse.facts.basis import Basis
from warehouse.facts.relations import CONTEXT, places

_COVERAGE = CONTEXT + (Path(__file__).parent / "coverage.sql").read_text(encoding="utf-8")

_FACTS = {"nominees": "people", "steps": "people", "activities": "activity", "ratings": "rating"}
"""What facts the rows of a sheet, by its key, state."""

Rests = tuple[str, str]
"""On what a figure rests: a kind of facts, and since when they are counted (a place of `places`)."""

Known = tuple[tuple[str, date], ...]
"""Kinds of facts, and up to which day something is known of each."""


def rests_on(indicator: Indicator) -> Rests | None:
    """What has to be known for the indicator to be zero; None where it never is unless somebody says so."""
    match indicator:
        case Count() | Late():
            return "people", "first"
        case Cumulative():
            return "people", f"{indicator.since}_first"
        case Standing():
            return "people", "term_first"
        case Activity():
            return "activity", "first"
        case Rated():
            return "rating", "year_first"
    return None


_RESTING: dict[Rests | None, list[str]] = {}
for _indicator in INDICATORS:
    if rests_on(_indicator) or isinstance(_indicator, Stock | Reported | Target):
        _RESTING.setdefault(rests_on(_indicator), []).append(_indicator.code)


class Coverage:
    """What is known of each unit for a period."""

    def __init__(self, newest: Mapping[str, Known], since: Mapping[str, date], reported: Mapping[str, date]) -> None:
        self._newest, self._since, self._reported = newest, since, reported

    def unknown(self, unit: str) -> dict[str, None]:
        """The indicators (by code, to nothing) of a unit that are unknown unless there are facts that they count."""
        newest = dict(self._newest.get(unit, ()))
        return {
            code: None
            for rests, codes in _RESTING.items()
            if rests is None or not self._speaks(newest, *rests)
            for code in codes
        }

    def _speaks(self, newest: Mapping[str, date], facts: str, since: str) -> bool:
        """Whether a return speaks of a time, or a fact lies among the days whose data counts for it."""
        if newest.get(facts, date.min) >= self._reported[since]:
            return True
        return newest.get(f"{facts}.fact", date.min) >= self._since[since]


def coverage(connection: Connection, of: Basis, unit: str | None = None) -> Coverage:
    """What is known of the units whose figures rest on a basis; with `unit`, of that one alone."""
    filled, period = places(of), of.period
    starts: list[date] = filled["starts"]  # type: ignore[assignment]
    stating = {
        (key, facts) for (key, _), form in family.FORMS.items() for s in form.sheets if (facts := _FACTS.get(s.key))
    }
    quarter = quarter_of(period.last)
    running = [quarter.code, *(f"{quarter.first.year}{half}" for half in ("", "H1", "H2"))]
    filled |= {
        "only": unit,
        "stating_forms": [form for form, _ in sorted(stating)],
        "stated_facts": [facts for _, facts in sorted(stating)],
        "since": starts[0],
        # Periods that reach beyond this one, but begin in it or before it.
        "running": [code for code in running if parse(code).first <= period.last],
    }
    newest: dict[str, Known] = {}
    alike: dict[Known, Known] = {}  # kept once: most units of a country have reported alike
    for one, facts, last in streamed(connection, _COVERAGE, filled):
        known = (*newest.get(one, ()), (facts, last))
        newest[one] = alike.setdefault(known, known)
    since = {key: filled[key] for key in ("first", "year_first", "term_first", "union_term_first")}
    reported = {
        "first": period.first,
        "year_first": date(period.last.year, 1, 1),
        "term_first": of.in_force(PARTY_TERM).since,
        "union_term_first": of.in_force(UNION_TERM).since,
    }
    return Coverage(newest, since, reported)  # type: ignore[arg-type]
