"""Closing a period as the command and the flow do: the data is checked, then compiled as of the position checked."""

from events.types.reports import PeriodClosed
from flows import closing
from flows.context import Context
from flows.quality import check_quality, require_quality
from schemas.periods import Period


def checked_close(context: Context, period: Period, unit: str | None = None) -> PeriodClosed:
    """Close a period for the unit with a code and those under it, or for the whole tree."""
    (root,) = closing.find_units(context, period, unit)
    return closing.close(context, period, root, require_quality(check_quality(context, period)))
