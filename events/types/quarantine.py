"""What is recorded about the log itself: an event that cannot be read, and that this was decided to be passed over."""

from events.types.base import Payload
from events.types.fields import Code, Count


class PositionQuarantined(Payload, frozen=True):
    """The event at `position` cannot be read; whoever reads the log passes over it, for `reason`."""

    position: Count
    reason: Code
