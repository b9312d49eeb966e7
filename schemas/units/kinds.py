"""What kinds of unit there are on which level, which may follow each other, and between which days units are recorded.

Level 0 is the central Union, 1 a province, 2 what stands at a district's height, 3 the grassroots, 4 a branch. Whether
a commune's union counts as grassroots or as the level above differs by province, so a kind may have two levels; a
branch that stands directly under a province or a bloc ("chi đoàn cơ sở") counts as grassroots.
"""

from datetime import date
from typing import NamedTuple

LEVELS = range(5)

TOPS = (0, 1)
"""The levels whose units may stand under none."""

LEVELS_OF: dict[str, tuple[int, ...]] = {
    "central": (0,),
    "province": (1,),
    "district": (2,),
    "bloc": (2,),
    "police": (2,),
    "equivalent": (2,),
    "school": (2, 3),
    "commune": (2, 3),
    "grassroots": (3,),
    "branch": (3, 4),
}
"""The levels that each kind of `UNIT_KIND` may have."""

_RANKS = (
    {"central"},
    {"province"},
    {"district", "bloc", "police", "equivalent"},
    {"school", "commune", "grassroots"},
    {"branch"},
)
"""Kinds that may follow each other: an organisation is taken in by one of its own rank."""

EARLIEST = date(1930, 1, 1)
"""Before the Union was founded, on 26 March 1931, nothing happened to its units."""


class Horizon(NamedTuple):
    """The first and the last day on which something may happen to a unit."""

    first: date
    last: date


def horizon(today: date, years_ahead: int) -> Horizon:
    """The days on which something may happen, as of today; what lies further ahead is a mistyped year."""
    return Horizon(EARLIEST, date(today.year + years_ahead, 12, 31))


def may_become(kind: object, other: object) -> bool:
    """Whether a unit of one kind may become part of one of the other kind."""
    # When the district level ended, island districts, which had no communes, became special zones among the communes.
    return any(kind in rank and other in rank for rank in _RANKS) or (kind, other) == ("district", "commune")
