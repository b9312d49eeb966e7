"""Calendars that several forms share: what is usual, where no policy says otherwise."""

from schemas.forms.duty import Calendar
from schemas.policies.days import Day
from schemas.policies.policy import always

QUARTERLY = Calendar(always(Day("last", 0, 20)))
"""Due on the 20th of the quarter's last month; what happens after it and before the quarter's end is reported too."""

PLAN = Calendar(always(Day("first", 0, 15)), always(Day("first", -3, 1)))
"""A plan for a year may come from 1 October of the year before, and is due early enough for 3 February."""

YEAR_END = Calendar(always(Day("last", 1, 15)), always(Day("last", -1, 1)))
"""What is decided at the year's end: from 1 November on, due on 15 January after it."""
