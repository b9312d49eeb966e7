"""A plain model of all figures: walk the events, keep what counts of all that was known, count one by one."""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from events.log.recorded import Recorded
from events.types.nominations import NomineeIdentified, Step
from events.types.policies import PolicySet
from events.types.returns import ActivityHeld, MembershipCounted, OrganisationRated, TargetSet
from events.types.submissions import SubmissionFoundValid, SubmissionReceived, SubmissionReturned, SubmissionSuperseded
from schemas.forms.family import FORMS
from schemas.forms.form import Form
from schemas.indicators import indicator as ways
from schemas.indicators.catalogue import INDICATORS
from schemas.periods import Period, ended, parse, quarter_of
from schemas.policies.days import LAST_DAY
from schemas.vocabulary.steps import STEPS
from tests.warehouse import policy_model, unit_model
from tests.warehouse.policy_model import Said

CODE_OF = {step.event: code for code, step in STEPS.items()}
ORDER = list(STEPS)

Figures = dict[str, dict[str, int]]


def months_later(on: date, months: int) -> date:
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, calendar.monthrange(year, month + 1)[1]))


class Known:
    """What was known at a position about the units of one run, and about all that was reported."""

    def __init__(self, units: Sequence[unit_model.Event], reported: Sequence[Recorded], position: int) -> None:
        self.units = [event for event in units if event[0] <= position]
        known = [event for event in reported if event.position <= position]
        self.received = [e.payload for e in known if isinstance(e.payload, SubmissionReceived)]
        self.valid = {e.payload.submission: e.payload for e in known if isinstance(e.payload, SubmissionFoundValid)}
        self.counting = {name for name, found in self.valid.items() if found.counts} - {
            e.payload.submission for e in known if isinstance(e.payload, SubmissionReturned | SubmissionSuperseded)
        }
        self.said = [Said(e.position, e.payload) for e in known if isinstance(e.payload, PolicySet)]
        self.root: str | None = None
        self.return_of = {received.submission: received.period for received in self.received}
        self.standing = self._counting(known)
        self.people: dict[str, NomineeIdentified] = {
            event.payload.subject: event.payload
            for event in self.standing
            if isinstance(event.payload, NomineeIdentified)
        }

    def _counting(self, known: Sequence[Recorded]) -> list[Recorded]:
        """Of the statements of one thing that stand the newest of those for the latest period, none before any."""
        gone = {(event.stream, event.supersedes) for event in known if event.supersedes}
        counting: dict[object, tuple[date, Recorded]] = {}
        for event in known:
            if event.payload.key and (event.stream, event.version) not in gone:
                thing = (event.type, *(getattr(event.payload, name) for name in event.payload.key))
                valid = self.valid.get(event.cause.submission) if event.cause else None
                last = valid.last if valid else date.min
                if thing not in counting or counting[thing][0] <= last:
                    counting[thing] = last, event
        return [event for _, event in sorted(counting.values(), key=lambda one: one[1].position)]

    def figures(self, period: Period, tree_on: date, root: str | None = None) -> Figures:
        """Every figure that is not zero, of every unit and line of the tree of a day, as the root has laid down."""
        self.root = root
        found: Figures = defaultdict(lambda: defaultdict(int))
        paths: dict[str, tuple[str, ...]] = {}

        def add(unit: str, figure: str, value: int = 1) -> None:
            for one in paths.setdefault(unit, unit_model.place(self.units, unit, tree_on)):
                found[one][figure] += value

        for indicator in INDICATORS:
            for unit, value, subject in self._counted(indicator, period):
                add(unit, indicator.code, value)
                for part in self._parts(indicator, unit, subject, period.last):
                    add(unit, f"{indicator.code}.{part}", value)
        return found

    def known(self, period: Period, tree_on: date, root: str | None = None) -> dict[str, set[str]]:
        """The counted figures of every unit and line that are known: reported by somebody, be it as nothing."""
        self.root = root
        found: dict[str, set[str]] = defaultdict(set)
        spoken = self._spoken(period.last, self._window(period)[1])
        for indicator in INDICATORS:
            units = {unit for unit, _, _ in self._counted(indicator, period)}
            if kind := _kind(indicator):
                since = self._since(indicator, period)
                reported = self._reported_since(indicator, period)
                units |= {u for u, of, last, how in spoken if of == kind and last >= (reported, since)[how == "fact"]}
            for unit in units:
                for one in unit_model.place(self.units, unit, tree_on):
                    found[one].add(indicator.code)
        return found

    def _spoken(self, period_last: date, until: date) -> list[tuple[str, str, date, str]]:
        """Of whom which kind of facts was reported, and for how long: by returns that count, and by facts."""
        found = []
        for name in self.counting:
            verdict = self.valid[name]
            begins = parse(verdict.period).first
            for form in FORMS.values():
                for sheet in form.sheets if form.key == verdict.form and begins <= period_last else ():
                    kind = {"steps": "people", "activities": "activity", "ratings": "rating"}.get(sheet.key)
                    found += [(verdict.unit, kind, verdict.last, "return")] if kind else []
        for event in self.standing:
            fact: Any = event.payload
            if isinstance(fact, NomineeIdentified | Step) and fact.on <= until:
                found.append((fact.unit, "people", fact.on, "fact"))
            if isinstance(fact, ActivityHeld) and fact.on <= until:
                found.append((fact.unit, "activity", fact.on, "fact"))
            if isinstance(fact, OrganisationRated) and fact.year == period_last.year:
                found.append((fact.unit, "rating", period_last, "fact"))
        return found

    def in_force(self, policy: str, on: date) -> tuple[Any, date]:
        """What holds for the root on a day, and since when."""
        return policy_model.holds(self.said, policy, on, [self.root] if self.root else [])

    def _window(self, period: Period) -> tuple[date, date]:
        """What counts for a period begins when what counts for the quarter before it has ended."""
        if period.kind == "range":
            return period.first, period.last
        return self._after_quarter_before(period.first), self._until(period)

    def _until(self, period: Period) -> date:
        day, _ = self.in_force("counted_until", period.last)
        return period.last if day == LAST_DAY else date(period.last.year, period.last.month, day.day)

    def _after_quarter_before(self, first: date) -> date:
        if first.day == 1 and first.month in (1, 4, 7, 10):
            return self._until(ended("quarter", first)) + timedelta(days=1)
        return first

    def _since(self, indicator: Any, period: Period) -> date:
        """The first day of the time of which something must be known."""
        since = getattr(indicator, "since", "term" if isinstance(indicator, ways.Standing) else "period")
        if isinstance(indicator, ways.Rated) or since == "year":
            return self._after_quarter_before(date(period.last.year, 1, 1))
        return self._window(period)[0] if since == "period" else self._term_first(since, period)

    def _reported_since(self, indicator: Any, period: Period) -> date:
        """The first day of the periods whose returns speak of that time."""
        since = getattr(indicator, "since", "term" if isinstance(indicator, ways.Standing) else "period")
        if isinstance(indicator, ways.Rated) or since == "year":
            return date(period.last.year, 1, 1)
        if since == "period":
            return period.first
        return self.in_force({"term": "party_term", "union_term": "union_term"}[since], period.last)[1]

    def _term_first(self, term: str, period: Period) -> date:
        _, since = self.in_force({"term": "party_term", "union_term": "union_term"}[term], period.last)
        return self._after_quarter_before(since)

    def _counted(self, indicator: Any, period: Period) -> list[tuple[str, int, str]]:
        """Who reported what: unit, value, and the person or nothing."""
        first, last = self._window(period)
        match indicator:
            case ways.Count():
                return self._steps(indicator.step, first, last)
            case ways.Cumulative(since="year"):
                return self._steps(indicator.step, self._after_quarter_before(date(period.last.year, 1, 1)), last)
            case ways.Cumulative(since=term):
                return self._steps(indicator.step, self._term_first(term, period), last)
            case ways.Late():
                quarters = [quarter.code for quarter in period.quarters()]
                return _once_each(
                    event.payload
                    for event in self._taken(indicator.step)
                    if event.payload.on < first
                    and event.cause
                    and self.return_of.get(event.cause.submission) in quarters
                )
            case ways.Standing():
                return self._standing(indicator, period, last)
            case ways.Stock():
                return self._stocks(indicator.measure, period.last)
            case ways.Reported():
                quarters = [quarter.code for quarter in period.quarters()]
                numbers = [f for f in self._facts(MembershipCounted) if f.measure == indicator.measure]
                return [(f.unit, f.value, "") for f in numbers if f.period in quarters]
            case ways.Activity():
                kinds = [f for f in self._facts(ActivityHeld) if f.activity == indicator.activity]
                within = [f for f in kinds if first <= f.on <= last]
                return [
                    (f.unit, 1 if indicator.adds == "held" else getattr(f, indicator.adds) or 0, "") for f in within
                ]
            case ways.Target():
                targets = [f for f in self._facts(TargetSet) if f.target == indicator.target]
                return [(f.unit, f.value, "") for f in targets if f.year == period.last.year]
            case ways.Rated():
                ratings = [f for f in self._facts(OrganisationRated) if f.decided == indicator.grade]
                return [(f.unit, 1, "") for f in ratings if f.year == period.last.year]
            case ways.Submissions():
                return [(unit, 1, "") for unit in self._returns(indicator.adds, period)]
        return []

    def _facts(self, kind: type[Any]) -> list[Any]:
        return [event.payload for event in self.standing if isinstance(event.payload, kind)]

    def _taken(self, step: str) -> list[Any]:
        return [
            event
            for event in self.standing
            if isinstance(event.payload, NomineeIdentified | Step) and CODE_OF[event.type] == step
        ]

    def _steps(self, step: str, first: date, last: date) -> list[tuple[str, int, str]]:
        payloads = [event.payload for event in self._taken(step)]
        return _once_each(p for p in payloads if first <= p.on <= last)

    def _standing(self, indicator: ways.Standing, period: Period, last: date) -> list[tuple[str, int, str]]:
        ways_of: dict[str, list[Recorded]] = defaultdict(list)
        for step in STEPS:
            for event in self._taken(step):
                if event.payload.on <= last:
                    ways_of[event.payload.subject].append(event)
        found = []
        for subject, events in ways_of.items():
            events.sort(key=lambda e: (e.payload.on, ORDER.index(CODE_OF[e.type]), e.position))  # type: ignore[attr-defined]
            codes = [CODE_OF[event.type] for event in events]
            starts = [place for place, code in enumerate(codes) if code in indicator.of]
            if not starts or set(codes[starts[-1] + 1 :]) & {*indicator.until, *getattr(indicator, "lacking", ())}:
                continue
            start: Any = events[starts[-1]].payload
            lapse = getattr(indicator, "lapse", None)
            if lapse:
                months, _ = self.in_force(lapse.months.name, start.on)
                notice, _ = self.in_force("notice_months", period.last)
                end = months_later(start.on, months)
                if lapse.state == "over" and end > last:
                    continue
                if lapse.state == "ending" and not last < end <= months_later(last, notice):
                    continue
            newest: Any = next(e.payload for e in reversed(events) if CODE_OF[e.type] != "transferred")
            if not (codes[-1] == "transferred" and events[-1].payload.to is None):  # type: ignore[attr-defined]
                found.append((newest.unit, 1, subject))
        return found

    def _stocks(self, measure: str, last: date) -> list[tuple[str, int, str]]:
        states = unit_model.states(self.units, last)
        newest: dict[str, MembershipCounted] = {}
        for fact in self._facts(MembershipCounted):
            quarter = parse(fact.period)
            age = (last.year - quarter.last.year) * 4 + (last.month - quarter.last.month) / 3
            ended = fact.unit in states and not states[fact.unit].alive
            if (
                fact.measure == measure
                and quarter.last <= last
                and age < 4 - (last != quarter_of(last).last)
                and not ended
            ):
                newest[fact.unit] = max(newest.get(fact.unit, fact), fact, key=lambda f: f.period)
        return [(unit, fact.value, "") for unit, fact in newest.items()]

    def _returns(self, adds: str, period: Period) -> list[str]:
        found = []
        for form in FORMS.values():
            for one in period.parts():
                if form.duty.periods != one.kind:
                    continue
                for unit, state in unit_model.states(self.units, one.last).items():
                    if state.alive and (until := self._in_time_until(form, one, unit, state.kind)):
                        found += [unit] * self._return(unit, form.key, one, until)[adds]
        return found

    def _in_time_until(self, form: Form, period: Period, unit: str, kind: str) -> date | None:
        """The last day on which a return is in time; None where it is not owed."""
        above, calendar = policy_model.above(self.units, unit, period.last), form.duty.calendar
        usually = ((date(1900, 1, 1), kind in form.duty.kinds),)
        if not policy_model.holds(self.said, "owes", period.last, above, form.key, kind, usually)[0]:
            return None
        due, _ = policy_model.holds(self.said, "due", period.last, above, form.key, kind, calendar.due_days)
        grace, _ = policy_model.holds(self.said, "grace_days", period.last, above, form.key, kind)
        day: date = due.in_period(period)
        return day + timedelta(days=grace)

    def _return(self, unit: str, form: str, period: Period, until: date) -> dict[str, bool]:
        came = [r for r in self.received if (r.unit, r.form, r.period) == (unit, form, period.code)]
        counts = any(r.submission in self.counting for r in came)
        valid = [r.received_on for r in came if r.submission in self.valid]
        return {
            "expected": True,
            "received": bool(came),
            "counted": counts,
            "on_time": counts and min(valid) <= until,
            "not_counted": bool(came) and not counts,
        }

    def _parts(self, indicator: ways.Indicator, unit: str, subject: str, last: date) -> list[str]:
        codes = [breakdown.code for breakdown in indicator.breakdowns]
        kind, name = self._belonging(unit, last)
        parts = []
        if person := self.people.get(subject):
            parts += [f"sex.{person.sex}", f"source_group.{person.source_group}"]
            parts += ["minority.yes"] * person.ethnic_minority
        if kind in ("commune", "grassroots", "school", "equivalent", "bloc", "police"):
            parts.append(f"unit_kind.{kind}")
        areas = {"Đoàn xã ": "rural", "Đoàn phường ": "ward", "Đoàn thị trấn ": "town", "Đoàn đặc khu ": "zone"}
        parts += [f"area.{area}" for begins, area in areas.items() if kind == "commune" and name.startswith(begins)]
        return [part for part in parts if part.split(".")[0] in codes]

    def _belonging(self, unit: str, last: date) -> tuple[str, str]:
        own = self._as_at(unit, last)
        above = self._as_at(own.parent, last) if own.kind == "branch" and own.parent else own
        return above.kind, above.name

    def _as_at(self, unit: str, last: date) -> unit_model.State:
        states = unit_model.states(self.units, last)
        if unit in states:
            return states[unit]
        return unit_model.states(self.units, min(said.on for _, said in self.units if said.unit == unit))[unit]


def _kind(indicator: Any) -> str | None:
    """The kind of facts that say whether the indicator is zero; none, where only its own facts do."""
    if isinstance(indicator, ways.Activity):
        return "activity"
    if isinstance(indicator, ways.Rated):
        return "rating"
    return None if isinstance(indicator, ways.Stock | ways.Reported | ways.Target | ways.Submissions) else "people"


def _once_each(steps: Iterable[Any]) -> list[tuple[str, int, str]]:
    """Each person once, where the newest of the steps was reported."""
    newest: dict[str, Any] = {}
    for step in steps:
        newest[step.subject] = max(newest.get(step.subject, step), step, key=lambda s: s.on)
    return [(step.unit, 1, step.subject) for step in newest.values()]


def derived(indicator: ways.Rate, found: dict[str, int], known: set[str]) -> Fraction | None:
    """A rate in percent, exactly; none of what is not known."""
    below = found.get(indicator.denominator, 0)
    returns = {"submissions.counted", "submissions.on_time"}
    if not below or indicator.numerator not in known | returns:
        return None
    return Fraction(100 * found.get(indicator.numerator, 0), below)
