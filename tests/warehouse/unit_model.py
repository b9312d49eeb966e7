"""A plain model of units over time: every question is answered by replaying the events, one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from events.types.units import UnitDissolved, UnitDivided, UnitEstablished, UnitMerged, UnitMoved, UnitRevived

Event = tuple[int, Any]
"""A position and what happened."""

_RANK = {"central": 0, "province": 1, "branch": 4}
_RANK |= dict.fromkeys(("district", "bloc", "police", "equivalent"), 2)
_RANK |= dict.fromkeys(("commune", "school", "grassroots"), 3)
LEVELS_OF = {"province": (1,), "commune": (2, 3), "school": (2, 3), "grassroots": (3,), "branch": (3, 4)}
LEVELS_OF |= dict.fromkeys(("district", "bloc", "police", "equivalent"), (2,))

BEGINS, ENDS = (UnitEstablished, UnitRevived), (UnitDissolved, UnitMerged, UnitDivided)


@dataclass
class State:
    """What is known of a unit on a day."""

    alive: bool = False
    began: bool = False
    parent: str | None = None
    code: str = ""
    name: str = ""
    kind: str = ""
    level: int = 0


def sort(said: Any) -> str:
    """What a later event of the same sort, unit and day stands for."""
    return "life" if isinstance(said, (*ENDS, UnitRevived)) else type(said).__name__


def in_time(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda event: (event[1].on, event[0]))


def states(events: Sequence[Event], on: date, before: int | None = None) -> dict[str, State]:
    """Every unit at the end of a day; with `before`, without that day's events from that position on."""
    found: dict[str, State] = {}
    for position, said in in_time(events):
        if said.on > on or (before is not None and said.on == on and position >= before):
            continue
        state = found.setdefault(said.unit, State())
        if isinstance(said, BEGINS):
            state.alive = state.began = True
            state.parent = said.parent
        elif isinstance(said, ENDS):
            state.alive = False
        for key in ("parent", "code", "name", "kind", "level"):
            if (value := getattr(said, key, None)) is not None:
                setattr(state, key, value)
    return found


def tree(events: Sequence[Event], on: date) -> dict[str, tuple[str, ...]]:
    """The living units with their paths from the root."""
    alive = {unit: state for unit, state in states(events, on).items() if state.alive}
    paths: dict[str, tuple[str, ...]] = {}
    for unit in alive:
        path, above = (unit,), alive[unit].parent
        while above in alive and above not in path:
            path, above = (above, *path), alive[above].parent
        if above is None:
            paths[unit] = path
    return paths


def is_possible(known: Sequence[Event], new: Sequence[Event]) -> bool:
    """Whether new events may follow those that are known."""
    everything = [*known, *new]
    for position, said in new:
        then = states(everything, said.on, position).get(said.unit, State())
        if isinstance(said, UnitEstablished) and any(
            isinstance(other, UnitEstablished) and other.unit == said.unit and at != position
            for at, other in everything
        ):
            return False
        if isinstance(said, UnitRevived) and (then.alive or not then.began):
            return False
        if isinstance(said, ENDS) and not then.alive and not _ended_on(everything, said, position):
            return False
        if isinstance(said, ENDS) and any(
            isinstance(o, ENDS) and (o.unit, o.on) == (said.unit, said.on) and o != said for _, o in new
        ):
            return False
        if isinstance(said, ENDS) and _changes_later(known, everything, said):
            return False
        if getattr(said, "level", None) is not None and said.level not in LEVELS_OF[said.kind]:
            return False
        lives = isinstance(said, BEGINS + ENDS) or states(everything, said.on)[said.unit].alive
        if not lives and not changes_nothing(everything, said):
            return False
        for key in ("parent", "code", "name", "kind", "level"):
            given = {getattr(o, key, None) for _, o in new if (o.unit, o.on) == (said.unit, said.on)} - {None}
            if len(given) > 1:
                return False
    first = min(said.on for _, said in new)
    days = sorted({said.on for _, said in everything if said.on >= first})
    return all(_stands(everything, on) for on in days) and all(_succeeds(everything, end) for end in everything)


def _ended_on(events: Sequence[Event], said: Any, before: int) -> bool:
    """Whether the unit, as far as it was said before, ended on the day already, and on none before since it lived."""
    ended, lives = None, False
    for at, other in in_time(events):
        if other.unit != said.unit or (other.on, at) >= (said.on, before):
            continue
        if isinstance(other, BEGINS):
            lives = True
        elif isinstance(other, ENDS):
            ended, lives = other.on if lives or ended is None else ended, False
    return bool(ended == said.on)


def _changes_later(known: Sequence[Event], events: Sequence[Event], end: Any) -> bool:
    """Whether something is known to happen to a unit, that does not live again before, after its end."""
    if states(events, end.on)[end.unit].alive:
        return False
    ends = {
        said.on for at, said in events if (at, said) not in known and said.unit == end.unit and isinstance(said, ENDS)
    }
    for _, said in in_time(known):
        if said.unit != end.unit or said.on <= end.on or said.on in ends or _is_moot(events, said):
            continue
        return not states(events, said.on)[end.unit].alive
    return False


def _is_moot(events: Sequence[Event], said: Any) -> bool:
    """Whether it changes nothing, or only moves the unit away from a superior that is no more on that day."""
    if isinstance(said, BEGINS + ENDS):
        return False
    if changes_nothing(events, said):
        return True
    now = states(events, said.on)
    above = states(events, said.on - timedelta(days=1)).get(said.unit, State()).parent
    return isinstance(said, UnitMoved) and above is not None and not now[above].alive


def changes_nothing(events: Sequence[Event], said: Any) -> bool:
    """Whether what is said held on the day before, and does on its day."""
    now, before = (states(events, on).get(said.unit, State()) for on in (said.on, said.on - timedelta(days=1)))
    keys = [key for key in ("parent", "code", "name", "kind", "level") if getattr(said, key, None) is not None]
    return not isinstance(said, BEGINS + ENDS) and all(getattr(now, key) == getattr(before, key) for key in keys)


def ended_again(events: Sequence[Event], new: Sequence[Any]) -> list[Any]:
    """Ends that follow from those in `new`: for later days on which an end was recorded and undone."""
    found = []
    for end in (said for said in new if isinstance(said, ENDS) and not states(events, said.on)[said.unit].alive):
        flips = [said for _, said in in_time(events) if said.unit == end.unit and isinstance(said, BEGINS + ENDS)]
        for on in dict.fromkeys(said.on for said in flips if said.on > end.on):
            of_day = [said for said in flips if said.on == on]
            if not (isinstance(of_day[0], ENDS) and isinstance(of_day[-1], BEGINS)):
                break
            found.append(type(end)(**({name: getattr(end, name) for name in end.__struct_fields__} | {"on": on})))
    return found


def _stands(events: Sequence[Event], on: date) -> bool:
    known = states(events, on)
    alive = {unit: state for unit, state in known.items() if state.alive}
    codes = [state.code for state in alive.values()]
    return (
        len(set(codes)) == len(codes)
        and set(tree(events, on)) == set(alive)
        and all(s.level < 2 if s.parent is None else alive[s.parent].level < s.level for s in alive.values())
    )


def last_flip(events: Sequence[Event], unit: str, on: date) -> Event | None:
    """The beginning or end of a unit that holds on a day."""
    flips = [(at, said) for at, said in in_time(events) if isinstance(said, BEGINS + ENDS)]
    return next((e for e in reversed(flips) if e[1].unit == unit and e[1].on <= on), None)


def is_taken_back(events: Sequence[Event], end: Event) -> bool:
    """Whether another beginning or end was recorded for the day of one, later."""
    at, said = end
    return any(
        isinstance(o, BEGINS + ENDS) and (o.unit, o.on) == (said.unit, said.on) and later > at for later, o in events
    )


def succession(events: Sequence[Event]) -> list[tuple[str, str, date]]:
    """Each unit beside each one that follows it from a day, as far as that holds."""
    found = []
    for end in (event for event in events if isinstance(event[1], ENDS) and not is_taken_back(events, event)):
        eve = states(events, end[1].on - timedelta(days=1)).get(end[1].unit)
        if eve is None or not eve.began or eve.alive:
            found += [(end[1].unit, heir, end[1].on) for heir in followers(end[1])]
    return sorted(found)


def followers(said: Any) -> tuple[str, ...]:
    return getattr(said, "successors", ()) or ((said.successor,) if isinstance(said, UnitMerged) else ())


def _succeeds(events: Sequence[Event], end: Event) -> bool:
    """Whether those who follow an end, if it still counts, live on its day."""
    _, said = end
    if not isinstance(said, ENDS) or last_flip(events, said.unit, said.on) != end:
        return True
    eve = states(events, said.on - timedelta(days=1)).get(said.unit)
    if eve is not None and eve.began and not eve.alive:
        return True  # it had ended before
    then = states(events, said.on)
    after = followers(said)
    if isinstance(said, UnitDissolved):
        return True
    return (
        said.unit not in after
        and len(set(after)) == len(after)
        and all(unit in then and then[unit].alive for unit in after)
        and all(
            _RANK[then[unit].kind] == _RANK[then[said.unit].kind]
            or (then[said.unit].kind, then[unit].kind) == ("district", "commune")
            for unit in after
        )
    )


def heirs(events: Sequence[Event], unit: str, on: date) -> tuple[set[str], bool]:
    """The units of a day's tree that a unit's figures belong to, and whether a superior stands in for an heir."""
    living = tree(events, on)
    found: set[str] = set()
    stood_in = False
    seen: set[tuple[str, bool]] = set()
    waiting = [(unit, False)]
    while waiting:
        one, lost = waiting.pop()
        if (one, lost) in seen:
            continue
        seen.add((one, lost))
        if one in living:
            found.add(one)
            stood_in |= lost
            continue
        if (flip := last_flip(events, one, on)) is not None:
            day, nexts = flip[1].on, followers(flip[1])
        else:
            day = min(said.on for _, said in events if said.unit == one and isinstance(said, BEGINS + ENDS))
            nexts = tuple(
                said.unit
                for at, said in events
                if said.on == day and one in followers(said) and last_flip(events, said.unit, day) == (at, said)
            )
        if nexts:
            waiting += [(other, lost) for other in nexts]
        elif (above := states(events, day)[one].parent) is not None:
            waiting.append((above, True))
    return found, stood_in


def place(events: Sequence[Event], unit: str, on: date) -> tuple[str, ...]:
    """The units that a unit's figures add to on a day's tree; itself last where they are undecidable."""
    living = tree(events, on)
    if unit in living:
        return living[unit]
    found, stood_in = heirs(events, unit, on)
    paths = [living[heir] for heir in found]
    shared = tuple(one for one in paths[0] if all(one in path for path in paths)) if paths else ()
    return shared if len(paths) == 1 and not stood_in else (*shared, unit)
