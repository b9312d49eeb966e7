"""Chance that can be drawn again: ids in order of time and hashes, all from one seed."""

from datetime import UTC, date, datetime
from random import Random


class Draw:
    """A source of random values; `day` is the day of the country's calendar on which new ids are made."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"country:{seed}")
        self._bits = self.random.getrandbits
        self._milliseconds = 0

    def go_to(self, day: date) -> None:
        """Make ids of this day from now on, or of the moment after the last one if that is later."""
        morning = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000
        self._milliseconds = max(self._milliseconds, morning)

    def id(self) -> str:
        """A UUIDv7 one millisecond after the last, as `events.ids.new_id` would make it then."""
        self._milliseconds += 1
        value = self._milliseconds << 80 | 0x7 << 76 | self._bits(12) << 64 | 0x2 << 62 | self._bits(62)
        written = f"{value:032x}"
        return f"{written[:8]}-{written[8:12]}-{written[12:16]}-{written[16:20]}-{written[20:]}"

    def hash(self) -> str:
        """What stands where a commitment or a root would: 64 hexadecimal digits that bind nothing."""
        return f"{self._bits(256):064x}"

    def chance(self, share: float) -> bool:
        """Whether something that happens in this share of all cases does."""
        return self.random.random() < share

    def below(self, count: int) -> int:
        """A whole number from 0 to `count` - 1; faster than the ways of `Random`, and as even as is needed here."""
        return int(self.random.random() * count)
