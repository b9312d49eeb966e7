"""A province that exists twice, on the road and in the model: both are told the same, and must say the same."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from events.types.units import (
    UnitDissolved,
    UnitDivided,
    UnitEstablished,
    UnitMerged,
    UnitMoved,
    UnitRecoded,
    UnitRevived,
)
from flows import policies
from schemas.periods import parse
from schemas.vocabulary.steps import STEPS
from schemas.vocabulary.terms import MEASURE, TARGET
from tests.flows import period_units, return_rules
from tests.flows.gate_road import Book, Road
from tests.flows.return_acts import (
    CHANGE_DAYS,
    CODES,
    DAYS,
    NUMBERS,
    PEOPLE,
    QUARTERS,
    Again,
    Change,
    HandIn,
    Other,
    Policy,
    Review,
    Revise,
    Wave,
    Way,
    code_to_come,
    mistyped,
)
from tests.flows.return_model import Returns, Submission
from tests.warehouse import unit_model
from tests.warehouse.province import unit_id
from warehouse.facts.rollup import roll_up
from warehouse.rebuild import rebuild
from warehouse.returns.taking_over import to_take_over

Row = dict[str, Any]


class Desk:
    """Does what is drawn; `seen` counts what came of it."""

    def __init__(self, road: Road, people: Sequence[Way], *, xlsx: bool = False) -> None:
        self.road, self.people, self.xlsx = road, people, xlsx
        self.ids = {event.code: event.unit for _, event in road.units if isinstance(event, UnitEstablished)}
        self.model = Returns(road.units)
        self.handed_in: list[HandIn] = []
        self.files: list[tuple[bytes, date, str]] = []
        self.snapshots: list[tuple[int, dict[str, list[tuple[Any, ...]]]]] = []
        self.seen: Counter[str] = Counter()

    def do(self, act: Any) -> None:
        match act:
            case HandIn():
                self.handed_in.append(act)
                early = 120 if act.slip == "early" else 16
                self.hand_in(self.quarterly(act), parse(QUARTERS[act.quarter]).last - timedelta(days=early))
            case Revise(which, edits) if self.handed_in:
                earlier = self.handed_in[which % len(self.handed_in)]
                self.do(replace(earlier, edits=(*earlier.edits, *edits), slip=None))
            case Other():
                book = self.other(act)
                self.hand_in(book, parse(book.period).last - timedelta(days=16))
            case Again(which) if self.files:
                content, received_on, submission = self.files[which % len(self.files)]
                assert self.road.hand_in(content, received_on) == submission
            case Wave():
                self.decide()
            case Change():
                self.change(act)
            case Review(what, which) if self.files:
                self.review(what, self.files[which % len(self.files)][2])
            case Policy(value, quarter):
                start = parse(QUARTERS[quarter]).first
                policies.lay_down(self.road.context, "review", value, start)
                self.model.policies.append((start, value))

    def hand_in(self, book: Book, received_on: date) -> None:
        content = book.as_xlsx() if self.xlsx else book.as_json()
        submission = self.road.hand_in(content, received_on)
        if submission not in self.model.submissions:
            self.files.append((content, received_on, submission))
            self.model.submissions[submission] = Submission(book, received_on)

    def decide(self) -> None:
        """Have what waits decided: what is valid is what the model finds no fault with, one after the other."""
        decisions = self.road.decide()
        for decided in decisions:
            taken = self.model.submissions[decided.submission]
            faults = return_rules.faults(self.model, taken.book, taken.received_on)
            assert decided.valid == (not faults), (taken.book, faults, decided.errors)
            assert "file.unforeseen" not in decided.errors
            self.seen.update(decided.errors or ["valid"])
            if not decided.valid:
                taken.state = "invalid"
                continue
            counts = self.model.counts_at_once(parse(taken.book.period))
            assert decided.counts == counts, taken.book
            assert decided.facts == self.model.found_valid(decided.submission, decided.position, counts), taken.book
        if decisions:
            self.agree()

    def review(self, what: str, submission: str) -> None:
        self.decide()
        taken, position = self.model.submissions[submission], self.road.position + 1
        if what == "accept":
            in_the_way = not taken.counts and return_rules.faults(self.model, taken.book, taken.received_on)
        else:
            in_the_way = taken.counts and return_rules.removal_faults(self.model, taken.of)
        allowed = taken.state in ("valid", "accepted") and not in_the_way
        assert self.road.review(what, submission) == allowed, (what, taken, in_the_way)
        if allowed:
            self.seen[what] += 1
            if what == "accept":
                self.model.accepted(submission, position)
            else:
                self.model.taken_back(submission, {"return": "returned", "withdraw": "withdrawn"}[what])
            self.agree()

    def change(self, act: Change) -> None:
        unit, other, on = self.ids[CODES[act.unit]], self.ids[CODES[act.other]], CHANGE_DAYS[act.day]
        states = unit_model.states(self.model.units, on - timedelta(days=1))
        old, changes = states[unit], list[Any]()
        match act.what:
            case "merge":
                below = [one for one, state in states.items() if state.alive and state.parent == unit]
                changes = [UnitMerged(unit, other, on), *(UnitMoved(one, other, on) for one in below)]
            case "split":
                code = f"{old.code}{len(self.model.units)}"
                new = UnitEstablished(unit_id(code), code, "Chi đoàn Mới", old.kind, old.level, on, old.parent)
                changes = [UnitDivided(unit, (new.unit, other), on), new]
            case "dissolve":
                changes = [UnitDissolved(unit, on)]
            case "recode":
                changes = [UnitRecoded(unit, code_to_come(act.unit), on)]
            case "move":
                changes = [UnitMoved(unit, other, on)]
            case "revive":
                changes = [UnitRevived(unit, on, old.parent)]
        if self.road.reorganise(changes):
            self.seen[act.what] += 1
            self.model.units = self.road.units

    # Workbooks

    def quarterly(self, act: HandIn) -> Book:
        nominees, steps = self._did(act)
        for edit in act.edits:
            _edit(edit, nominees, steps)
        days = _days_of(act.quarter)
        activities = [_activity(kind, days[place], *rest) for kind, place, *rest in act.activities]
        values = (act.members, 11 if act.slip == "members" else 2, 0, 30, 1, 2)
        if act.slip == "activity":
            activities.append(_activity("volunteering", days[0], 5, 9))
        if votes := [row for row in steps if "total" in row and act.slip in ("votes missing", "votes above present")]:
            votes[0] |= {"present": None} if act.slip == "votes missing" else {"votes_for": 19}
        rows = {
            "nominees": list(nominees.values()),
            "steps": steps,
            "membership": [{"measure": m, "value": v} for m, v in zip(MEASURE.terms, values, strict=True)],
            "activities": activities,
        }
        spelled = "another's" if act.slip == "code" else act.spelled
        return self.book(act.unit, "branch-quarterly", QUARTERS[act.quarter], rows, spelled)

    def _did(self, act: HandIn) -> tuple[dict[int, Row], list[Row]]:
        """What the people of a unit, those of units that it followed and those whom it adopted did by the quarter."""
        period = parse(QUARTERS[act.quarter])
        nominees: dict[int, Row] = {}
        steps: list[Row] = []
        for person, way in enumerate(self.people):
            at = way.branch
            for step, place, receiver in way.steps:
                whose = period_units.heirs(self.model.units, self.ids[CODES[at]]) if at >= 0 else set()
                mine = self.ids[CODES[act.unit]] in whose or person in act.adopted
                if mine and DAYS[place] <= period.last and (act.from_the_start or DAYS[place] >= period.first):
                    if step == "identified":
                        nominees[person] = _nominee(person, place)
                    else:
                        steps.append(_step(person, step, place, receiver))
                at = receiver if step == "transferred" else at
        return nominees, steps

    def other(self, act: Other) -> Book:
        if act.form == "activities":
            days = _days_of(act.quarter)
            held = [_activity(kind, days[place], *rest) for kind, place, *rest in act.rows]
            return self.book(act.unit, act.form, QUARTERS[act.quarter], {"activities": held})
        if act.form == "rating":
            ratings = [{"rated": CODES[unit], "proposed": grade} for unit, grade in act.rows]
            return self.book(act.unit, act.form, "2025", {"ratings": ratings})
        targets = [{"target": target, "value": act.quarter + n} for n, target in enumerate(TARGET.terms)]
        schedule = [{"milestone": what, "on": DAYS[place], "planned": number} for what, place, number in act.rows]
        return self.book(act.unit, act.form, "2025", {"targets": targets, "schedule": schedule})

    def book(self, unit: int, form: str, period: str, rows: dict[str, list[Row]], spelled: str = "lived") -> Book:
        """A workbook under a code that the unit bore in the period, or bears now, or another one."""
        id_ = self.ids[CODES[unit]]
        borne = [said.code for _, said in self.model.units if said.unit == id_ and getattr(said, "code", None)]
        lived = sorted(period_units.lived(self.model.units, id_, parse(period))[0])
        code = {
            "lived": (lived or borne)[0],
            "last": borne[-1],
            "small": borne[0].lower(),
            "to come": code_to_come(unit),
            "another's": CODES[(unit + 1) % len(CODES)],
        }[spelled]
        return Book(id_, code, form, period, rows)

    # Whether they agree

    def agree(self) -> None:
        """Who is known, what counts, and whatever is expected of it."""
        position, subjects = self.road.position, self.road.subjects(NUMBERS)
        assert subjects.keys() == self.model.numbers.keys()
        pairs = {(person, subjects[number]) for number, person in self.model.numbers.items()}
        assert len(pairs) == len({person for person, _ in pairs}) == len({subject for _, subject in pairs})
        facts = self.model.facts(dict(pairs))
        assert self.road.facts(position) == facts
        assert self.road.broken(position) == {}
        self.snapshots.append((position, facts))

    def finish(self, *, rebuilt: bool) -> None:
        """In the end the figures too, and all that was said before, also after everything is projected anew."""
        self.decide()
        position = self.road.position
        for period in (parse("2025"), parse(QUARTERS[position % 4])):
            with self.road.engine.connect() as connection:
                values = roll_up(connection, period, position).values
                found = {unit: _of_facts(values[unit]) for unit in values if _of_facts(values[unit])}
            expected = {unit: _of_facts(told) for unit, told in self.model.figures(period).items() if _of_facts(told)}
            assert found == expected, period.code
            assert self.road.broken(position, period, anew=rebuilt) == {}
        if rebuilt:
            assert rebuild(self.road.engine).differing == ()
        self._takes_over(date(2025, 6, 30), position)
        self._takes_over(date(2025, 12, 31), position)
        for earlier, facts in self.snapshots:
            assert self.road.facts(earlier) == facts
        if self.snapshots:
            assert self.road.broken(self.snapshots[len(self.snapshots) // 2][0]) == {}

    def _takes_over(self, on: date, position: int) -> None:
        """Who waits on a day to be taken over."""
        persons = {subject: self.model.numbers[number] for number, subject in self.road.subjects(NUMBERS).items()}
        with self.road.engine.connect() as connection:
            found = to_take_over(connection, on, position)
        assert {(persons[one.subject], one.unit, one.receiver) for one in found} == self.model.to_take_over(on)
        self.seen["to take over"] += len(found)


def _of_facts(figures: Any) -> dict[str, int]:
    """The figures that are not zero, but for those of returns themselves."""
    return {code: value for code, value in figures.items() if value and not code.startswith("submissions.")}


def _days_of(quarter: int) -> list[date]:
    period = parse(QUARTERS[quarter])
    return [day for day in DAYS if period.first <= day <= period.last]


def _nominee(person: int, place: int) -> Row:
    return {**PEOPLE[person], "source_group": "resident", "on": DAYS[place], "person": person}


def _step(person: int, step: str, place: int, receiver: int) -> Row:
    row: Row = {"identity": PEOPLE[person]["identity"], "step": step, "on": DAYS[place]}
    if STEPS[step].votes:
        row |= {"total": 20, "present": 18, "votes_for": 15, "votes_against": 3}
    if step == "transferred" and receiver >= 0:
        row["receiver"] = CODES[receiver]
    return row


def _activity(kind: str, on: date, participants: int, members: int | None) -> Row:
    return {"activity": kind, "on": on, "participants": participants, "members": members}


def _edit(edit: tuple[Any, ...], nominees: dict[int, Row], steps: list[Row]) -> None:
    """Do to the rows what a person would."""
    rows = [*nominees.values(), *steps]
    match edit:
        case ("drop", which) if rows:
            gone = rows[which % len(rows)]
            if "person" in gone:
                del nominees[gone["person"]]
            else:
                steps.remove(gone)
        case ("move", which, place) if rows:
            rows[which % len(rows)]["on"] = DAYS[place]
        case ("step", person, step, place, receiver):
            steps.append(_step(person, step, place, receiver))
        case ("identified", person, place):
            nominees[person] = _nominee(person, place)
        case ("votes", which) if steps and "total" in steps[which % len(steps)]:
            steps[which % len(steps)]["votes_for"] = 11
        case ("number", person):
            for row in rows:
                if row["identity"] == PEOPLE[person]["identity"]:
                    row["identity"] = mistyped(person)
        case ("name" | "group" as what, person) if person in nominees:
            nominees[person] |= {"name": {"name": "Nguyễn Văn Ân"}, "group": {"source_group": "militia"}}[what]
