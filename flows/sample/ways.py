"""How far a nominee comes in the sample, and on which days: always a way that the partial order of steps allows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from schemas.vocabulary.steps import STEPS

Window = tuple[date, date]
"""First and last day of a quarter on which the unit can still report what it did."""

_WAY: tuple[tuple[str, float, int, int], ...] = (
    ("voted", 0.88, 3, 14),
    ("nominated", 0.80, 3, 10),
    ("handed_over", 0.93, 1, 7),
    ("candidate", 0.85, 3, 8),
    ("cell_resolved", 0.90, 3, 8),
    ("committee_resolved", 0.95, 3, 8),
    ("admitted", 0.95, 2, 7),
)
"""Step, chance that it follows the one before, days between the two at least and at most."""

_DOCUMENTS = {
    "voted": "{}-BB/CĐ",
    "nominated": "{}-NQ/ĐTN",
    "handed_over": "{}-CV/ĐTN",
    "class_sent": "{}-QĐ/ĐU",
    "class_passed": "{}-GCN/TTCT",
    "candidate": "{}-NQ/ĐU",
    "cell_resolved": "{}-NQ/CB",
    "committee_resolved": "{}-NQ/ĐU",
    "admitted": "{}-QĐ/HU",
    "full_member": "{}-QĐ/HU",
    "mentor_assigned": "{}-NQ/ĐTN",
    "returned": "{}-CV/ĐU",
}

_BODIES = {"nominated": (9, 15), "cell_resolved": (5, 24), "committee_resolved": (9, 15)}
"""Sizes of the bodies that vote, besides the branch itself."""


@dataclass(frozen=True)
class Taken:
    """A step that was taken; votes are (total, present, for, against) or None."""

    step: str
    on: date
    document: str | None
    votes: tuple[int, int, int, int] | None


def draw_way(random: Random, identified: date, windows: Sequence[Window], members: int) -> list[Taken]:
    """The steps of a nominee after `identified`, by date; every date lies in one of `windows`.

    About half of those nominated are admitted in the end (domain: 30 to 70 %), fewer within a quarter.
    """
    dates = dict(_class(random, identified, windows))
    dates |= _main(random, identified, dates, windows)
    dates |= _exit(random, identified, dates, windows)
    dates |= _mentor(dates, windows)
    return [
        Taken(step, on, _document(random, step), _votes(random, step, members))
        for step, on in sorted(dates.items(), key=lambda item: (item[1], list(STEPS).index(item[0])))
    ]


def decided(step: str, on: date, random: Random) -> Taken:
    """A step without a vote."""
    return Taken(step, on, _document(random, step), None)


def _class(random: Random, identified: date, windows: Sequence[Window]) -> Iterator[tuple[str, date]]:
    sent = _fit(random, identified + timedelta(days=random.randint(3, 18)), windows)
    if random.random() > 0.8 or sent is None:
        return
    yield "class_sent", sent
    ended = _fit(random, sent + timedelta(days=random.randint(3, 8)), windows)
    if ended is not None:
        yield ("class_passed" if random.random() < 0.95 else "class_failed"), ended


def _main(random: Random, on: date, learned: dict[str, date], windows: Sequence[Window]) -> dict[str, date]:
    dates: dict[str, date] = {}
    for step, chance, least, most in _WAY:
        if step == "candidate":
            if "class_passed" not in learned:
                break
            on = max(on, learned["class_passed"])
        next_day = _fit(random, on + timedelta(days=random.randint(least, most)), windows)
        if next_day is None or random.random() > chance:
            break
        dates[step] = on = next_day
    return dates


def _exit(random: Random, identified: date, dates: dict[str, date], windows: Sequence[Window]) -> dict[str, date]:
    """A few leave the way; nothing follows after that."""
    if "admitted" in dates or random.random() > 0.05:
        return {}
    last = max([identified, *dates.values()])
    on = _fit(random, last + timedelta(days=random.randint(4, 12)), windows)
    step = (
        "returned"
        if "handed_over" in dates and "candidate" not in dates
        else random.choice(("withdrawn", "transferred"))
    )
    return {step: on} if on else {}


def _mentor(dates: dict[str, date], windows: Sequence[Window]) -> dict[str, date]:
    """Most of those admitted get a mentor; chance of its own, so that nothing else depends on it."""
    if "admitted" not in dates:
        return {}
    random = Random(dates["admitted"].toordinal())
    on = _fit(random, dates["admitted"] + timedelta(days=random.randint(1, 20)), windows)
    return {"mentor_assigned": on} if on and random.random() < 0.7 else {}


def _fit(random: Random, on: date, windows: Sequence[Window]) -> date | None:
    """The day `on` if it lies in a window, else one of the first days of the next window, or None."""
    for first, last in windows:
        if on <= last:
            return on if on >= first else min(last, first + timedelta(days=random.randint(0, 14)))
    return None


def _document(random: Random, step: str) -> str | None:
    return _DOCUMENTS[step].format(f"{random.randint(1, 180):02}") if step in _DOCUMENTS else None


def _votes(random: Random, step: str, members: int) -> tuple[int, int, int, int] | None:
    if not STEPS[step].votes:
        return None
    total = random.randint(*_BODIES[step]) if step in _BODIES else members
    present = total - random.randint(0, total // 5)
    votes_for = present - random.randint(0, present // 6)
    return total, present, votes_for, random.randint(0, present - votes_for)
