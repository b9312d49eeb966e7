"""Calendars that several forms share. Cut-off and due days differ by province and year: dated settings."""

from schemas.forms.duty import Calendar, Day, always

QUARTERLY = Calendar(due_days=always(Day("last", 0, 20)))
"""Due on the 20th of the quarter's last month; what happens after it and before the quarter's end is reported too."""

PLAN = Calendar(due_days=always(Day("first", 0, 15)), opening_days=always(Day("first", -3, 1)))
"""A plan for a year may come from 1 October of the year before, and is due early enough for 3 February."""

YEAR_END = Calendar(due_days=always(Day("last", 1, 15)), opening_days=always(Day("last", -1, 1)))
"""What is decided at the year's end: from 1 November on, due on 15 January after it."""
