"""Calendars that several forms share. Cut-off and due days differ by province and year: dated settings."""

from schemas.forms.duty import Calendar, Day, always

QUARTERLY = Calendar(due_days=always(Day("last", 0, 20)))
"""Due on the 20th of the quarter's last month; what happens after it and before the quarter's end is reported too."""
