"""The basis of figures: from which day to which data counts, what terms run, how long things are valid, what is owed.

All of it is laid down by policies: of the root whose report is compiled, and of duties of any unit and all under it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from schemas.forms import family
from schemas.forms.owing import counted_until, days, owes
from schemas.indicators.catalogue import INDICATORS
from schemas.indicators.indicator import Due
from schemas.periods import Period, ended, parse
from schemas.policies.calendars import DUE, GRACE_DAYS, OWES, PARTY_TERM, UNION_TERM
from schemas.policies.in_force import InForce, Rules
from schemas.policies.lapses import NOTICE_MONTHS
from schemas.policies.policy import Policy
from schemas.vocabulary.terms import UNIT_KIND
from warehouse import policies
from warehouse.hierarchy import roots
from warehouse.hierarchy.chains import chains

NOBODY = "00000000-0000-0000-0000-000000000000"
"""Stands for what holds where nothing was laid down for a unit or one above it."""

_LAPSES = {i.lapse.months.name: i.lapse.months for i in INDICATORS if isinstance(i, Due) and i.lapse}
_DUTIES: tuple[Policy[Any], ...] = (DUE, GRACE_DAYS, OWES)


@dataclass(frozen=True)
class Basis:
    """On what the figures of a period rest; `root` is the top unit whose figures they are, None for all units.

    `scopes` are the units for which duties were laid down.
    """

    period: Period
    position: int
    tree_on: date
    root: str | None
    rules: Rules
    duties: tuple["_Duty", ...]
    scopes: tuple[str, ...]

    def in_force(self, policy: Policy[Any]) -> InForce[Any]:
        """What holds for the root on the period's last day."""
        return self.rules.in_force(policy, self.period.last, self._above)

    @property
    def _above(self) -> tuple[str, ...]:
        return () if self.root is None else (self.root,)

    def window(self, period: Period) -> tuple[date, date]:
        """The first and the last day whose data counts for a period: windows of one kind follow each other."""
        last = counted_until(period, self.rules, self._above)
        if period.kind == "range":
            return period.first, last
        return self._before(period.first) + timedelta(days=1), last

    def _before(self, first: date) -> date:
        """The last day whose data counts before a period or a term that begins on a day."""
        quarter = ended("quarter", first)
        if quarter.last != first - timedelta(days=1):
            return first - timedelta(days=1)
        return counted_until(quarter, self.rules, self._above)

    def places(self) -> Mapping[str, object]:
        """What fills the places of `warehouse.facts.relations` beside those of the tree."""
        first, last = self.window(self.period)
        year_first, _ = self.window(parse(str(self.period.last.year)))
        terms = [self._before(self.in_force(term).since) + timedelta(days=1) for term in (PARTY_TERM, UNION_TERM)]
        lapses = {name: self.rules.series(policy, self._above) for name, policy in _LAPSES.items()}
        return {
            "root": self.root,
            "first": first,
            "last": last,
            "period_last": self.period.last,
            "year": self.period.last.year,
            "year_first": year_first,
            "term_first": terms[0],
            "union_term_first": terms[1],
            "starts": sorted({first, year_first, *terms}),
            "stock_periods": _stock_periods(self.period.last),
            "quarters": [quarter.code for quarter in self.period.quarters()],
            "notice_months": self.in_force(NOTICE_MONTHS).value,
            **{f"{name}_since": [since for since, _ in series] for name, series in lapses.items()},
            **{name: [months for _, months in series] for name, series in lapses.items()},
            "nobody": NOBODY,
            "duty_units": list(self.scopes),
            **_columns(self.duties),
        }


@dataclass(frozen=True)
class _Duty:
    """That units of a kind owe a form for a period, where `scope` is the nearest unit with duties of its own."""

    scope: str
    form: str
    kind: str
    period: str
    last: date
    due: date
    in_time_until: date


def basis(
    connection: Connection, period: Period, position: int, tree_on: date | None = None, root: str | None = None
) -> Basis:
    """The basis of a period's figures as known at a position; `tree_on` is the period's last day if it is left out.

    Without `root`, of the only one on that day; where there are several, what holds for all of them.
    """
    day = tree_on or period.last
    if root is None:
        tops = roots(connection, day, position)
        root = tops[0] if len(tops) == 1 else None
    known = policies.rules(connection, position)
    scopes = tuple(sorted(known.units(*_DUTIES)))
    return Basis(
        period, position, day, root, known, tuple(_duties(connection, period, position, known, scopes)), scopes
    )


def _duties(connection: Connection, period: Period, position: int, known: Rules, scopes: Sequence[str]) -> list[_Duty]:
    parts = family.periods_within(period)
    above = chains(connection, {(scope, part.last) for scope in scopes for part in parts}, position)
    return [
        _Duty(scope, form.key, kind, part.code, part.last, of.due, of.in_time_until)
        for scope in (NOBODY, *scopes)
        for part in parts
        for form in family.about(part)
        for kind in UNIT_KIND.terms
        for chain in (above.get((scope, part.last), ()),)
        if owes(form, part, kind, known, chain)
        for of in (days(form, part, known, chain, kind),)
    ]


def _columns(duties: Sequence[_Duty]) -> dict[str, object]:
    """A place for each column of the duties."""
    columns = ("scope", "form", "kind", "period", "last", "due", "in_time_until")
    return {f"duty_{name}s": [getattr(duty, name) for duty in duties] for name in columns}


def _stock_periods(last: date) -> list[str]:
    """The quarters whose stocks may stand for the day `last`: the last four that had ended by then."""
    found: list[Period] = []
    quarter = ended("quarter", last + timedelta(days=1))
    while len(found) < 4:
        found.append(quarter)
        quarter = ended("quarter", quarter.first)
    return [quarter.code for quarter in found]
