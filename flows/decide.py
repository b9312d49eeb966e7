"""From what a return states now and what it stated before to events: only differences are recorded.

Pure: everything that is known comes in as values. A return is compared with itself alone; which of the statements of
several returns counts is worked out where the log is projected.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from events.log.recorded import Cause, NewEvent, Recorded
from events.types.base import Payload
from events.types.nominations import FactRetracted, NomineeIdentified, Step
from events.types.returns import ActivityHeld
from schemas.forms.stating import Fact
from warehouse.returns.returns import Key

FactKey = tuple[object, ...]
"""A fact's type and the values of its key: what it is about."""


def fact_key(payload: Payload) -> FactKey:
    """What a fact is about: two statements with one key speak of the same thing."""
    return (type(payload).__name__, *(getattr(payload, name) for name in payload.key))


def differences(
    submission: str,
    key: Key,
    facts: Iterable[Fact],
    before: Sequence[Recorded],
    units: Mapping[FactKey, str],
    versions: Mapping[str, int],
) -> list[NewEvent]:
    """The events that turn what a return states (`before`) into what its revision `submission` states: `facts`.

    `units` maps the keys of facts about people, as they count, to the unit that each belongs to: whoever states a fact
    again does not take it away from there. `versions` maps each stream to its last version. What is no longer stated
    is retracted; of what was moved to another day the new statement supersedes the old one.
    """
    next_version = defaultdict(int, versions)
    events: list[NewEvent] = []

    def add(stream: str, payload: Payload, cause: Cause, supersedes: int | None) -> None:
        next_version[stream] += 1
        events.append(NewEvent(stream, next_version[stream], payload, cause, supersedes))

    earlier = {fact_key(event.payload): event for event in before}
    now = {fact_key(fact.payload): fact for fact in _numbered(_at_home(facts, units), before)}
    moved = _moved([now[k] for k in now if k not in earlier], [earlier[k] for k in earlier if k not in now])
    for fact_id, fact in now.items():
        old = earlier.get(fact_id) or moved.get(fact_id)
        cause = Cause(submission, fact.sheet, fact.row)
        if old is None:
            add(stream_of(fact.payload, key), fact.payload, cause, None)
        elif old.payload != fact.payload:
            add(old.stream, fact.payload, cause, old.version)
    taken_up = {old.position for old in moved.values()}
    for fact_id, old in earlier.items():
        if fact_id not in now and old.position not in taken_up:
            add(old.stream, FactRetracted(), Cause(submission), old.version)
    return events


def stream_of(payload: Payload, key: Key) -> str:
    """The stream of a fact: that of the person, or of the return."""
    match payload:
        case NomineeIdentified(subject=subject) | Step(subject=subject):
            return f"nomination-{subject}"
    return f"return-{key.unit}-{key.form}-{key.period}"


def _at_home(facts: Iterable[Fact], units: Mapping[FactKey, str]) -> list[Fact]:
    """Facts about people at the units to which they belong already."""
    found = []
    for fact in facts:
        unit = units.get(fact_key(fact.payload))
        if unit is not None and isinstance(fact.payload, NomineeIdentified | Step):
            fact = fact._replace(payload=replace(fact.payload, unit=unit))
        found.append(fact)
    return found


def _numbered(facts: Iterable[Fact], before: Sequence[Recorded]) -> list[Fact]:
    """Activities of one kind on one day with the numbers that tell them apart: one that was there keeps its own."""
    stated: dict[FactKey, list[ActivityHeld]] = defaultdict(list)
    for event in before:
        if isinstance(event.payload, ActivityHeld):
            stated[_kind_and_day(event.payload)].append(event.payload)
    found: list[Fact] = []
    several: dict[FactKey, list[Fact]] = defaultdict(list)
    for fact in facts:
        if isinstance(fact.payload, ActivityHeld):
            several[_kind_and_day(fact.payload)].append(fact)
        else:
            found.append(fact)
    for kind, same in several.items():
        numbers = {replace(old, number=1): [] for old in stated[kind]}  # type: dict[Payload, list[int]]
        for old in stated[kind]:
            numbers[replace(old, number=1)].append(old.number)
        kept = [(fact, numbers[fact.payload].pop(0) if numbers.get(fact.payload) else None) for fact in same]
        taken = {number for _, number in kept}
        free = iter(number for number in range(1, 2 * len(same) + len(stated[kind]) + 1) if number not in taken)
        for fact, number in kept:
            assert isinstance(fact.payload, ActivityHeld)
            chosen = next(free) if number is None else number
            found.append(fact._replace(payload=replace(fact.payload, number=chosen)))
    return found


def _kind_and_day(activity: ActivityHeld) -> FactKey:
    return (activity.unit, activity.activity, activity.on)


def _moved(new: Iterable[Fact], gone: Iterable[Recorded]) -> dict[FactKey, Recorded]:
    """Which of the new statements says on another day what one that is gone had said: by key, in the order of days."""
    waiting: dict[FactKey, list[Recorded]] = defaultdict(list)
    for event in sorted(gone, key=lambda event: _day(event.payload)):
        if thing := _thing(event.payload):
            waiting[thing].append(event)
    found = {}
    for fact in sorted(new, key=lambda fact: _day(fact.payload)):
        thing = _thing(fact.payload)
        if thing and waiting[thing]:
            found[fact_key(fact.payload)] = waiting[thing].pop(0)
    return found


def _thing(payload: Payload) -> FactKey:
    """What a statement that may lie on several days is about, whatever the day; nothing for any other."""
    match payload:
        case Step(subject=subject):
            return (type(payload).__name__, subject)
        case ActivityHeld(unit=unit, activity=activity):
            return (type(payload).__name__, unit, activity)
    return ()


def _day(payload: Payload) -> str:
    return str(getattr(payload, "on", ""))
