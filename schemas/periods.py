"""Reporting periods: how they are written, which days they cover."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from events.errors import UsageError

PeriodKind = Literal["quarter", "half", "year", "term", "range"]

_YEAR = r"(?:19|20|21)\d\d"
"""A year, 1900 to 2199: within what an event may hold (`events.types.fields.Year`)."""


@dataclass(frozen=True, order=True)
class Period:
    """A reporting period; `first` and `last` are both inside it."""

    first: date
    last: date
    kind: PeriodKind
    code: str

    def quarters(self) -> tuple["Period", ...]:
        """The quarters that begin and end inside this period, in order."""
        return tuple(
            quarter
            for year in range(self.first.year, self.last.year + 1)
            for quarter in (_quarter(year, n) for n in range(1, 5))
            if self.first <= quarter.first and quarter.last <= self.last
        )

    def parts(self) -> tuple["Period", ...]:
        """The quarters, halves and years that begin and end inside this period, itself included, shorter ones first."""
        years = range(self.first.year, self.last.year + 1)
        halves = (parse(f"{year}H{n}") for year in years for n in (1, 2))
        longer = [*halves, *(parse(str(year)) for year in years)]
        inside = [one for one in longer if self.first <= one.first and one.last <= self.last]
        return (*self.quarters(), *inside)


def parse(written: str) -> Period:
    """Read `2026Q1`, `2026H1`, `2026`, `2020-2025` (a term) or `2026-02-01..2026-03-15`.

    Years are 1900 to 2199, digits those of ASCII. Raises UsageError `unknown_period`.
    """
    written = written.strip().upper()
    if found := _read(rf"({_YEAR})Q([1-4])", written):
        return _quarter(int(found[1]), int(found[2]))
    if found := _read(rf"({_YEAR})H([12])", written):
        year, half = int(found[1]), int(found[2])
        return _months(year, 6 * half - 5, year, 6 * half, "half", written)
    if _read(_YEAR, written):
        return _months(int(written), 1, int(written), 12, "year", written)
    if (found := _read(rf"({_YEAR})-({_YEAR})", written)) and found[1] < found[2]:
        return _months(int(found[1]), 1, int(found[2]), 12, "term", written)
    if found := _read(rf"({_YEAR}-\d\d-\d\d)\.\.({_YEAR}-\d\d-\d\d)", written):
        try:
            first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2])
        except ValueError:
            raise UsageError("unknown_period", period=written) from None
        if first <= last:
            return Period(first, last, "range", written)
    raise UsageError("unknown_period", period=written)


def ended(kind: Literal["quarter", "half", "year"], on: date) -> Period:
    """The last period of a kind that lies wholly before the day `on`."""
    last = {"quarter": quarter_of, "half": _half_of, "year": _year_of}[kind](on).first - timedelta(days=1)
    return {"quarter": quarter_of, "half": _half_of, "year": _year_of}[kind](last)


def quarter_of(on: date) -> Period:
    """The quarter that the day lies in."""
    return _quarter(on.year, (on.month + 2) // 3)


def _read(pattern: str, written: str) -> re.Match[str] | None:
    return re.fullmatch(pattern, written, re.ASCII)


def _half_of(on: date) -> Period:
    return parse(f"{on.year}H{1 if on.month <= 6 else 2}")


def _year_of(on: date) -> Period:
    return parse(str(on.year))


def _quarter(year: int, n: int) -> Period:
    return _months(year, 3 * n - 2, year, 3 * n, "quarter", f"{year}Q{n}")


def _months(year: int, month: int, last_year: int, last_month: int, kind: PeriodKind, code: str) -> Period:
    after = date(last_year + last_month // 12, last_month % 12 + 1, 1)
    return Period(date(year, month, 1), after - timedelta(days=1), kind, code)
