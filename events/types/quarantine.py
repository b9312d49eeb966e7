"""What is passed over, since nobody can read it."""

from events.types.base import Payload
from events.types.fields import Code, Count


class PositionQuarantined(Payload, frozen=True):
    """From now on whoever reads the log passes over `position`, which holds something unreadable; why, by code."""

    position: Count
    reason: Code
