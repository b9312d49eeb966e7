"""What one branch writes: of a quarter its nominees, their steps, its numbers and activities; of a year its targets."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from benchmarks.country.draw import Draw
from benchmarks.country.units import BRANCH_KINDS, Branch
from events.log.recorded import Cause, NewEvent
from events.types import TYPES
from events.types.base import Payload
from events.types.nominations import FactRetracted, NomineeIdentified
from events.types.returns import ActivityHeld, MembershipCounted, TargetSet
from flows.sample.ways import Taken, decided, draw_way
from schemas.periods import Period, parse
from schemas.vocabulary.steps import STEPS
from schemas.vocabulary.terms import BRANCH_ACTIVITY

QUARTERLY, PLAN = "branch-quarterly", "yearly-plan"
"""The forms that branches fill in, in their first version."""

NOMINEES = 0.2
"""Members whom a branch puts on its list in a year, on average."""

_EVENTS = {code: TYPES[step.event] for code, step in STEPS.items()}
_VOTES = ("total", "present", "votes_for", "votes_against")
_ACTIVITIES = tuple(BRANCH_ACTIVITY.terms)
_SHEETS = {
    "NomineeIdentified": "nominees",
    "MembershipCounted": "membership",
    "ActivityHeld": "activities",
    "TargetSet": "targets",
}


@dataclass(slots=True)
class _Open:
    """A nominee who is still on the way: the last version of the stream, and the steps not yet told."""

    subject: str
    version: int
    steps: list[Taken]


@dataclass(slots=True)
class Return:
    """A valid workbook: what it stated, and where."""

    submission: str
    branch: Branch
    form: str
    period: Period
    facts: list[NewEvent]


@dataclass
class Writer:
    """Writes returns; remembers of every branch who is still on the way."""

    draw: Draw
    _open: dict[int, list[_Open]] = field(default_factory=dict)

    def quarterly(self, branch: Branch, period: Period, received_on: date, submission: str) -> Return:
        """What the branch says of a quarter in a workbook that it hands in on a day."""
        last = min(period.last, received_on - timedelta(days=1))
        steps = self._steps(branch, period, last)
        facts = [
            NewEvent(
                stream, version, payload, Cause(submission, _SHEETS.get(type(payload).__name__, "steps"), number + 4)
            )
            for number, (stream, version, payload) in enumerate(steps)
        ]
        made = Return(submission, branch, QUARTERLY, period, facts)
        _state(made, self._numbers(branch, period, last))
        return made

    def plan(self, branch: Branch, year: Period, submission: str) -> Return:
        """What the branch plans for a year."""
        made = Return(submission, branch, PLAN, year, [])
        nominated = 1 + self.draw.below(3)
        numbers = {"nominated": nominated, "admitted": 1 + self.draw.below(nominated)}
        _state(made, (TargetSet(branch.unit, year.first.year, target, value) for target, value in numbers.items()))
        return made

    def revised(self, of: Return, submission: str) -> list[NewEvent]:
        """The facts of a workbook that counts the members again, and may take back the last activity."""
        standing = [event for event in of.facts if event.stream == _stream(of)]
        counted = standing[0]
        assert isinstance(counted.payload, MembershipCounted)
        again = MembershipCounted(
            counted.payload.unit, counted.payload.period, counted.payload.measure, counted.payload.value + 1
        )
        version = len(standing) + 1
        cause = Cause(submission, "membership", 4)
        facts = [NewEvent(counted.stream, version, again, cause, counted.version)]
        if isinstance(standing[-1].payload, ActivityHeld):
            gone = standing[-1].version
            facts.append(NewEvent(counted.stream, version + 1, FactRetracted(), Cause(submission), gone))
        return facts

    def _steps(self, branch: Branch, period: Period, last: date) -> Iterator[tuple[str, int, Payload]]:
        draw = self.draw
        going = self._open.pop(branch.number, [])
        for one in going:
            yield from self._told(branch, one, last)
        while draw.chance(NOMINEES / (1 + NOMINEES)):
            subject = draw.id()
            on = min(last, period.first + timedelta(days=draw.below(31)))
            groups = BRANCH_KINDS[branch.kind][1]
            yield (
                f"nomination-{subject}",
                1,
                NomineeIdentified(
                    subject,
                    branch.unit,
                    on,
                    "female" if draw.chance(0.52) else "male",
                    on.year - 18 - draw.below(13),
                    draw.chance(0.15),
                    groups[draw.below(len(groups))],
                    draw.hash(),
                ),
            )
            one = _Open(subject, 1, self._way(branch, period, on, last))
            yield from self._told(branch, one, last)
            going.append(one)
        if left := [one for one in going if one.steps]:
            self._open[branch.number] = left

    def _way(self, branch: Branch, period: Period, on: date, last: date) -> list[Taken]:
        next_year = parse(f"{period.first.year + 1}{period.code[4:]}")
        windows = [(period.first, last), (next_year.first, next_year.last)]
        steps = draw_way(self.draw.random, on, windows, branch.members)
        admitted = next((step.on for step in steps if step.step == "admitted"), None)
        if admitted is not None:
            after = admitted + timedelta(days=366 + self.draw.below(30))
            steps.append(decided("full_member" if self.draw.chance(0.97) else "struck_off", after, self.draw.random))
        return steps

    def _told(self, branch: Branch, one: _Open, last: date) -> Iterator[tuple[str, int, Payload]]:
        while one.steps and one.steps[0].on <= last:
            step = one.steps.pop(0)
            one.version += 1
            votes = dict(zip(_VOTES, step.votes, strict=True)) if step.votes else {}
            payload = _EVENTS[step.step](one.subject, branch.unit, step.on, step.document, **votes)
            yield f"nomination-{one.subject}", one.version, payload

    def _numbers(self, branch: Branch, period: Period, last: date) -> Iterator[Payload]:
        draw, unit, code = self.draw, branch.unit, period.code
        branch.members = max(3, branch.members + draw.below(5) - 2)
        yield MembershipCounted(unit, code, "members", branch.members)
        yield MembershipCounted(unit, code, "members_female", draw.below(branch.members + 1))
        yield MembershipCounted(unit, code, "youth", 2 * branch.members + draw.below(20))
        held: Counter[tuple[str, date]] = Counter()
        while draw.chance(0.4):
            on = period.first + timedelta(days=draw.below((last - period.first).days + 1))
            present = 1 + draw.below(branch.members)
            kind = _ACTIVITIES[draw.below(len(_ACTIVITIES))]
            held[kind, on] += 1
            yield ActivityHeld(unit, code, kind, on, present + draw.below(25), present, held[kind, on])


def _stream(of: Return) -> str:
    """Where a return states what is about no person."""
    return f"return-{of.branch.unit}-{of.form}-{of.period.code}"


def _state(made: Return, payloads: Iterable[Payload]) -> None:
    """Add what a return states about no person."""
    for number, payload in enumerate(payloads):
        cause = Cause(made.submission, _SHEETS[type(payload).__name__], number + 4)
        made.facts.append(NewEvent(_stream(made), number + 1, payload, cause))
