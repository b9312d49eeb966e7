"""Days told by a period, such as the 20th of its last month, and how a policy writes them: `last/20`, `last+1/15`."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal

from schemas.messages.translation import Language, text
from schemas.periods import Period


@dataclass(frozen=True)
class Day:
    """A day told by a period: the `day` of the month that is `months` after that of its first or its last day.

    A month that is shorter ends with its last day.
    """

    of: Literal["first", "last"]
    months: int
    day: int

    def in_period(self, period: Period) -> date:
        """The day that is meant for a period; it may lie before or after it."""
        anchor = period.first if self.of == "first" else period.last
        year, month = divmod(12 * anchor.year + anchor.month - 1 + self.months, 12)
        return date(year, month + 1, min(self.day, monthrange(year, month + 1)[1]))


FIRST_DAY = Day("first", 0, 1)
LAST_DAY = Day("last", 0, 31)

_LONGEST = 31
_WRITTEN = re.compile(r"(first|last)([+-][0-9]{1,2})?/([0-9]{1,2})", re.ASCII)


def read_day(written: str) -> Day:
    """From `last/20`, `last+1/15` or `first-3/1`: month of the first or last day, months after it, day. ValueError."""
    found = _WRITTEN.fullmatch(written)
    if not found or not 1 <= int(found[3]) <= 31:
        raise ValueError
    return Day("first" if found[1] == "first" else "last", int(found[2] or 0), int(found[3]))


def say_day(day: Day, language: Language) -> str:
    """The day in words."""
    month = "same" if day.months == 0 else "after" if day.months > 0 else "before"
    which = text("policy.last_day" if day.day == _LONGEST else "policy.day", language, day=day.day)
    return text(f"policy.day_{day.of}_{month}", language, day=which, months=abs(day.months))
