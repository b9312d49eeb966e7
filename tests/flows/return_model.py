"""A plain model of returns: what each that counts states, and which statement of a thing counts.

Independent of the product's SQL and frames: dictionaries, and one revision at a time in the order of the log.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from events.log.recorded import Cause, Recorded
from events.types import TYPES
from events.types.base import Payload
from events.types.nominations import NomineeIdentified, NomineeTransferred
from events.types.returns import ActivityHeld, MembershipCounted, OrganisationRated, PlanScheduled, TargetSet
from events.types.submissions import SubmissionFoundValid, SubmissionReceived
from schemas.periods import Period, parse
from schemas.vocabulary.steps import ENDS, STEPS
from tests.actors import TESTER
from tests.flows import period_units
from tests.flows.gate_road import Book
from tests.warehouse import unit_model
from tests.warehouse.figures_model import Figures, Known
from tests.warehouse.province import HASH
from tests.warehouse.unit_model import Event

Key = tuple[Any, ...]
"""What a fact is about: its table or its step, and the values that identify it. People are numbers of the model's."""

Return = tuple[str, str, str]
"""Unit, form, period."""

Says = tuple[Any, ...]
"""The unit to which a fact belongs, and the rest of it."""

VOTES = ("total", "present", "votes_for", "votes_against")
TABLES = ("nominee", "step", "membership", "activity", "target", "schedule", "rating")
LATER = 1 << 60
"""A position after all others."""


@dataclass(frozen=True)
class Statement:
    """What a return says of a thing, for a period that ends on `last`, since a position of the log."""

    says: Says
    last: date
    since: int
    submission: str


@dataclass
class Submission:
    """A workbook that was handed in, and what became of it."""

    book: Book
    received_on: date
    state: str = "received"
    counts: bool = False

    @property
    def of(self) -> Return:
        """The return that it is a revision of."""
        return (self.book.unit, self.book.form, self.book.period)


@dataclass
class Returns:
    """Everything that the province's returns say, and who its people are.

    `numbers` are identity numbers, of now or of before, with the person; `records` every number, name and birth date
    that was ever said together of a person; `policies` when valid returns count, and from which day that holds.
    """

    units: list[Event]
    submissions: dict[str, Submission] = field(default_factory=dict)
    statements: dict[Key, dict[Return, Statement]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    records: dict[int, list[tuple[Any, ...]]] = field(default_factory=dict)
    policies: list[tuple[date, str]] = field(default_factory=list)

    # What counts

    def counting(self, without: Return | None = None) -> dict[Key, Statement]:
        """Of every thing the statement for the latest period, and of these the newest."""
        found = {}
        for key, by_return in self.statements.items():
            standing = [statement for of, statement in by_return.items() if of != without]
            if standing:
                found[key] = max(standing, key=lambda one: (one.last, one.since))
        return found

    def counting_with(self, book: Book, of: Return) -> dict[Key, Statement]:
        """What would count once a workbook does."""
        found, own = self.counting(without=of), self.own(of)
        for key, says in self.says(book, of).items():
            kept = key in own and own[key].says == says
            mine = own[key] if kept else Statement(says, parse(book.period).last, LATER, "")
            if key not in found or (mine.last, mine.since) > (found[key].last, found[key].since):
                found[key] = mine
        return found

    def own(self, of: Return) -> dict[Key, Statement]:
        """What one return states."""
        return {key: by_return[of] for key, by_return in self.statements.items() if of in by_return}

    def counts_at_once(self, period: Period) -> bool:
        """Whether a valid return counts by itself: as it was laid down last for the period's last day."""
        laid_down = [(on, number, value) for number, (on, value) in enumerate(self.policies) if on <= period.last]
        return not laid_down or max(laid_down)[2] == "at_once"

    # What a workbook says

    def people_of(self, book: Book, of: Return) -> dict[str, int]:
        """Who the numbers in a workbook are.

        A new number with the name and birth date of somebody whom the version before identified and who is named no
        more is a correction, if that can be one person only; any other new number is a new person.
        """
        rows = [*book.rows.get("nominees", ()), *book.rows.get("steps", ())]
        found = {row["identity"]: self.numbers[row["identity"]] for row in rows if row["identity"] in self.numbers}
        gone: dict[tuple[Any, ...], set[int]] = defaultdict(set)
        for person in {key[1] for key in self.own(of) if key[0] == "identified"} - set(found.values()):
            for _, *name_and_birth in self.records[person]:
                gone[tuple(name_and_birth)].add(person)
        unknown: dict[tuple[Any, ...], set[str]] = defaultdict(set)
        for row in book.rows.get("nominees", ()):
            if row["identity"] not in found:
                unknown[row["name"], row["birth_date"]].add(row["identity"])
        new = count(max(self.records, default=0) + 1)
        for same, numbers in unknown.items():
            corrected = len(numbers) == len(gone[same]) == 1
            found |= {number: next(iter(gone[same])) if corrected else next(new) for number in sorted(numbers)}
        return found

    def says(self, book: Book, of: Return) -> dict[Key, Says]:
        """What a workbook says of what. A fact about a person stays with the unit to which it belongs already."""
        found: dict[Key, Says] = {}
        people, counting, period = self.people_of(book, of), self.counting(), parse(book.period)
        for row in book.rows.get("nominees", ()):
            said = (row["on"], row["sex"], row["birth_date"].year, row["ethnic_minority"] == "yes", row["source_group"])
            record = (row["identity"], row["name"], row["birth_date"])
            found["identified", people[row["identity"]]] = (book.unit, *said, record)
        for row in book.rows.get("steps", ()):
            votes = [row.get(key) if STEPS[row["step"]].votes else None for key in VOTES]
            receiver = self.bearer(row["receiver"], period) if row.get("receiver") else None
            key = (row["step"], people.get(row["identity"], row["identity"]), row["on"])
            found[key] = (book.unit, row.get("document"), *votes, receiver)
        for key in found.keys() & counting.keys():
            found[key] = (counting[key].says[0], *found[key][1:])
        for row in book.rows.get("membership", ()):
            found["membership", book.unit, book.period, row["measure"]] = (book.unit, row["value"])
        for row in book.rows.get("targets", ()):
            found["target", book.unit, period.first.year, row["target"]] = (book.unit, row["value"])
        for row in book.rows.get("schedule", ()):
            found["schedule", book.unit, period.first.year, row["milestone"]] = (book.unit, row["on"], row["planned"])
        for row in book.rows.get("ratings", ()):
            rated = self.bearer(row["rated"], period)
            said = (book.unit, row["proposed"], row.get("decided"), row.get("document"))
            found["rating", rated, period.first.year] = (rated, *said)
        return found | self._activities(book, of)

    def _activities(self, book: Book, of: Return) -> dict[Key, Says]:
        """Of one kind and day each has a number: what was there before keeps its own, others get the lowest free."""
        before: dict[Key, list[tuple[int, Says]]] = defaultdict(list)
        for key, statement in self.own(of).items():
            if key[0] == "activity":
                before[key[:-1]].append((key[-1], statement.says))
        same: dict[Key, list[Says]] = defaultdict(list)
        for row in book.rows.get("activities", ()):
            says = (book.unit, book.period, row["participants"], row.get("members"))
            same["activity", book.unit, row["activity"], row["on"]].append(says)
        found: dict[Key, Says] = {}
        for thing, several in same.items():
            kept, new = sorted(before[thing]), []
            for says in several:
                number = next((number for number, earlier in kept if earlier == says), None)
                if number is None:
                    new.append(says)
                else:
                    kept.remove((number, says))
                    found[*thing, number] = says
            for says in new:
                found[*thing, next(n for n in range(1, 99) if (*thing, n) not in found)] = says
        return found

    def bearer(self, code: str, period: Period) -> str | None:
        """The unit that was the last to bear a code in a period."""
        found = period_units.bearer(self.units, code, period)
        return found[0] if found else None

    # What becomes of it

    def found_valid(self, submission: str, position: int, counts: bool) -> int:
        """Take a valid workbook in; how many facts it must have recorded."""
        taken = self.submissions[submission]
        for other in self.submissions.values():
            waits = other.state == "valid" and not other.counts
            if other is not taken and other.of == taken.of and (waits or (counts and other.counts)):
                other.state, other.counts = "superseded", False
        taken.state, taken.counts = "valid", counts
        return self._record(submission, position) if counts else 0

    def accepted(self, submission: str, position: int) -> None:
        """The level above accepts it."""
        if not self.submissions[submission].counts:
            self.found_valid(submission, position, counts=True)
        self.submissions[submission].state = "accepted"

    def taken_back(self, submission: str, state: str) -> None:
        """It was given back or withdrawn."""
        taken = self.submissions[submission]
        if taken.counts:
            for by_return in self.statements.values():
                by_return.pop(taken.of, None)
        taken.state, taken.counts = state, False

    def _record(self, submission: str, position: int) -> int:
        book, of = self.submissions[submission].book, self.submissions[submission].of
        people, says, own = self.people_of(book, of), self.says(book, of), self.own(of)
        self.numbers |= people
        for key in says:
            if key[0] == "identified":
                self.records.setdefault(key[1], []).append(says[key][-1])
        changed = [key for key in says if key not in own or own[key].says != says[key]]
        new, gone = [key for key in changed if key not in own], [key for key in own if key not in says]
        for key in gone:
            del self.statements[key][of]
        for key in changed:
            self.statements.setdefault(key, {})[of] = Statement(
                says[key], parse(book.period).last, position, submission
            )
        # Of what was moved to another day the new fact takes the place of the old one.
        things = {thing for key in gone if (thing := _but_for_its_day(key))}
        moved = [min(sum(_but_for_its_day(key) == thing for key in keys) for keys in (new, gone)) for thing in things]
        return len(changed) + len(gone) - sum(moved)

    # What it comes to

    def to_take_over(self, on: date) -> set[tuple[int, str, str | None]]:
        """People of whom no unit reports on a day, with the unit that they stand with and whom they were handed to."""
        ways: dict[int, list[tuple[date, int, str, Says]]] = defaultdict(list)
        for key, statement in self.counting().items():
            if key[0] in STEPS:
                day = statement.says[1] if key[0] == "identified" else key[2]
                ways[key[1]].append((day, list(STEPS).index(key[0]), key[0], statement.says))
        found = set()
        for person, taken in ways.items():
            known = sorted((step for step in taken if step[0] <= on), key=lambda step: step[:2])
            *_, newest = [place for place, step in enumerate(known) if step[2] != "transferred"] or [None]
            if newest is None or known[newest][2] in ENDS:
                continue
            unit, away = known[newest][3][0], known[newest + 1 :]
            receiver = away[-1][3][-1] if away else None
            if away and receiver is None:
                continue
            waits = receiver or unit
            lives = waits in unit_model.tree(self.units, on)
            undecidable = not lives and unit_model.place(self.units, waits, on)[-1] == waits
            if undecidable or receiver not in (None, unit):
                found.add((person, unit, receiver))
        return found

    def facts(self, subject: Mapping[int, str]) -> dict[str, list[tuple[Any, ...]]]:
        """What counts, by table, as the tables hold it; people by their ids."""
        found: dict[str, list[tuple[Any, ...]]] = {table: [] for table in TABLES}
        for key, statement in self.counting().items():
            unit, *said = statement.says
            match key:
                case ("identified", person):
                    found["nominee"].append((subject[person], unit, *said[:-1]))
                    found["step"].append((subject[person], unit, "identified", said[0], *[None] * 6))
                case ("membership", _, period, measure):
                    found["membership"].append((unit, period, measure, *said))
                case ("activity", _, kind, on, _):
                    found["activity"].append((unit, said[0], kind, on, *said[1:]))
                case ("target" | "schedule" as table, _, year, what):
                    found[table].append((unit, year, what, *said))
                case ("rating", _, year):
                    found["rating"].append((unit, year, *said))
                case (step, person, on):
                    found["step"].append((subject[person], unit, step, on, *said))
        return {table: sorted(rows, key=repr) for table, rows in found.items()}

    def figures(self, period: Period) -> Figures:
        """Every figure, recounted from what counts, on the tree of the period's last day.

        Those about returns themselves take every workbook for one that came from its unit.
        """
        events: list[tuple[Payload, Cause | None]] = []
        for name, taken in self.submissions.items():
            b, last = taken.book, parse(taken.book.period).last
            events.append((SubmissionReceived(name, taken.received_on, HASH, 1, *taken.of[::2], b.form, 1), None))
            if taken.state != "invalid":
                counts = taken.counts
                found = SubmissionFoundValid(name, b.unit, b.period, b.form, 1, last, 0, HASH, counts=counts)
                events.append((found, None))
        for key, statement in self.counting().items():
            events.append((_payload(key, statement.says), Cause(statement.submission, "x", 1)))
        recorded = [_recorded(place, *event) for place, event in enumerate(events, start=1)]
        return Known(self.units, recorded, LATER).figures(period, period.last)


def _but_for_its_day(key: Key) -> Key:
    """What a fact is about, whatever its day, of those that may be moved to another one."""
    if key[0] == "activity":
        return key[:3]
    return key[:2] if key[0] in STEPS and key[0] != "identified" else ()


def _payload(key: Key, says: Says) -> Payload:
    unit, *said = says
    match key:
        case ("identified", person):
            return NomineeIdentified(_id(person), unit, *said[:-1], HASH)
        case ("membership", _, period, measure):
            return MembershipCounted(unit, period, measure, *said)
        case ("activity", _, kind, on, number):
            return ActivityHeld(unit, said[0], kind, on, *said[1:], number)
        case ("target", _, year, target):
            return TargetSet(unit, year, target, *said)
        case ("schedule", _, year, milestone):
            return PlanScheduled(unit, year, milestone, *said)
        case ("rating", _, year):
            return OrganisationRated(unit, year, *said)
    step, person, on = key
    if step == "transferred":
        return NomineeTransferred(_id(person), unit, on, to=said[-1])
    return TYPES[STEPS[step].event](subject=_id(person), unit=unit, on=on)  # type: ignore[call-arg]


def _id(person: int) -> str:
    return f"00000000-0000-0000-0000-{person:012}"


def _recorded(position: int, payload: Payload, cause: Cause | None) -> Recorded:
    name, at = type(payload).__name__, datetime(2026, 1, 1, tzinfo=UTC)
    return Recorded(position, f"model-{position}", 1, name, at, TESTER, cause, None, payload)
