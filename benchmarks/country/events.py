"""The country's log from its first day: units, five years of returns as they come in, and what is closed each year.

Everything is said as the program says it: a receipt, a verdict, the facts of a valid workbook behind it, before whom it
was put, in the batches in which a commune hands in. Each branch writes once a year, in a quarter of its own, and some
hand in a plan with the first quarter, so that ten million events hold five years. The vault is empty: no person stands
behind a commitment.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from benchmarks.country.draw import Draw
from benchmarks.country.returns import PLAN, QUARTERLY, Return, Writer
from benchmarks.country.units import SINCE, Branch, Commune, Province, established, reorganised
from events.log.recorded import Cause, NewEvent
from events.types.reports import ExpectationResult, PeriodClosed, QualityChecked, ReportCompiled
from events.types.submissions import (
    FindingRecord,
    SubmissionFoundInvalid,
    SubmissionFoundValid,
    SubmissionReceived,
    SubmissionSubmitted,
    SubmissionSuperseded,
)
from schemas.forms import family
from schemas.forms.owing import days
from schemas.periods import Period, parse

YEARS = range(SINCE.year, SINCE.year + 5)
SEED = 2164

LATE, INVALID, REVISED, PLANNED = 0.04, 0.03, 0.02, 0.25
"""Shares of returns that come a quarter later, that are invalid first, that are revised; of branches that plan."""

_FINDINGS = ("date.impossible", "identity.digits", "cell.required", "step.unknown_nominee", "votes.above_total")


def events(scale: float = 1.0, seed: int = SEED) -> Iterator[list[NewEvent]]:
    """The whole log in order, in batches that belong together; the same for the same scale and seed.

    At scale 1, ten million events; smaller ones have as many provinces, and that share of communes and branches.
    Meant for an empty log: positions that events name count from its beginning.
    """
    country = _Country(Draw(seed), scale)
    for batch in country.told():
        country.position += len(batch)
        yield batch


@dataclass
class _Country:
    draw: Draw
    scale: float
    position: int = 0
    _late: list[tuple[Branch, Period]] = field(default_factory=list)

    def told(self) -> Iterator[list[NewEvent]]:
        provinces, establishing = established(self.draw, self.scale)
        yield list(establishing)
        self._writer = Writer(self.draw)
        for year in YEARS:
            for quarter in range(4):
                period = parse(f"{year}Q{quarter + 1}")
                yield from self._quarter(provinces, period, quarter)
                if quarter == 1:
                    on = period.last + timedelta(days=1)
                    for province in provinces:
                        for commune in province.communes:
                            if changes := list(reorganised(self.draw, commune, on)):
                                yield changes
            yield from self._closed(provinces, parse(str(year)))

    def _quarter(self, provinces: list[Province], period: Period, quarter: int) -> Iterator[list[NewEvent]]:
        communes = [commune for province in provinces for commune in province.communes]
        due = days(family.newest(QUARTERLY), period).due
        handed_in: dict[date, list[Commune]] = {}
        for commune in communes:
            handed_in.setdefault(due + timedelta(days=self.draw.below(15) - 11), []).append(commune)
        again: list[tuple[Branch, Period]] = []
        told: list[Return] = []
        came_late, self._late = self._late, []
        for day in sorted(handed_in):
            self.draw.go_to(day)
            for commune in handed_in[day]:
                writing = [(b, period) for b in commune.branches if b.alive and b.number % 4 == quarter]
                on_time: list[tuple[Branch, Period]] = []
                for one in writing:
                    (self._late if self.draw.chance(LATE) else on_time).append(one)
                yield from self._received(on_time, day, again, told)
                if quarter == 0:
                    planning = [branch for branch, _ in writing if self.draw.chance(PLANNED)]
                    yield from self._planned(planning, parse(str(period.first.year)), day)
        day = max(handed_in) + timedelta(days=3)
        self.draw.go_to(day)
        yield from self._received(came_late, day, again, told)
        yield from self._received(again, day, None, None)
        for valid in told:
            yield from self._revised(valid, day + timedelta(days=2))

    def _received(
        self,
        writing: list[tuple[Branch, Period]],
        day: date,
        again: list[tuple[Branch, Period]] | None,
        told: list[Return] | None,
    ) -> Iterator[list[NewEvent]]:
        """Workbooks that come together: all receipts, then each verdict; `again` hears whose were invalid."""
        draw = self.draw
        writing = [one for one in writing if one[0].alive]
        names = [draw.id() for _ in writing]
        if writing:
            yield [
                self._receipt(name, branch, QUARTERLY, period, day)
                for name, (branch, period) in zip(names, writing, strict=True)
            ]
        for name, (branch, period) in zip(names, writing, strict=True):
            if again is not None and draw.chance(INVALID):
                again.append((branch, period))
                yield [self._invalid(name, branch, period)]
                continue
            written = self._writer.quarterly(branch, period, day, name)
            yield self._verdict(written, written.facts)
            if told is not None and draw.chance(REVISED):
                told.append(written)

    def _planned(self, branches: list[Branch], year: Period, day: date) -> Iterator[list[NewEvent]]:
        plans = [self._writer.plan(branch, year, self.draw.id()) for branch in branches]
        if plans:
            yield [self._receipt(plan.submission, plan.branch, PLAN, year, day) for plan in plans]
        for plan in plans:
            yield self._verdict(plan, plan.facts)

    def _revised(self, one: Return, day: date) -> Iterator[list[NewEvent]]:
        name = self.draw.id()
        facts = self._writer.revised(one, name)
        yield [self._receipt(name, one.branch, one.form, one.period, day)]
        superseded = SubmissionSuperseded(one.submission, name)
        yield [
            *self._verdict(Return(name, one.branch, one.form, one.period, facts), facts, previous=one.submission),
            NewEvent(f"submission-{one.submission}", 4, superseded),
        ]

    def _receipt(self, name: str, branch: Branch, form: str, period: Period, day: date) -> NewEvent:
        size, commitment = 9_000 + self.draw.below(5_000), self.draw.hash()
        received = SubmissionReceived(name, day, commitment, size, branch.unit, period.code, form, 1)
        return NewEvent(f"submission-{name}", 1, received)

    def _invalid(self, name: str, branch: Branch, period: Period) -> NewEvent:
        findings = tuple(
            FindingRecord(_FINDINGS[self.draw.below(len(_FINDINGS))], "error", "steps", f"D{4 + row}", "on")
            for row in range(1 + self.draw.below(3))
        )
        found = SubmissionFoundInvalid(name, findings, branch.unit, period.code, QUARTERLY, 1)
        return NewEvent(f"submission-{name}", 2, found)

    def _verdict(self, of: Return, facts: list[NewEvent], previous: str | None = None) -> list[NewEvent]:
        unusual = self.draw.chance(0.05)
        warnings = (FindingRecord("date.before_period", "warning", "steps", "D4", "on"),) if unusual else ()
        valid = SubmissionFoundValid(
            of.submission,
            of.branch.unit,
            of.period.code,
            of.form,
            1,
            of.period.last,
            len(facts),
            self.draw.hash(),
            previous=previous,
            warnings=warnings,
            facts=len(facts),
        )
        stream = f"submission-{of.submission}"
        submitted = SubmissionSubmitted(of.submission, of.branch.commune)
        return [NewEvent(stream, 2, valid, Cause(of.submission)), *facts, NewEvent(stream, 3, submitted)]

    def _closed(self, provinces: list[Province], year: Period) -> Iterator[list[NewEvent]]:
        """Each year is checked and closed, province by province; communes and provinces get a report."""
        checked = QualityChecked(
            year.code, self.position, True, (ExpectationResult("step", "in_reference", "error", True),)
        )
        yield [NewEvent(f"quality-{year.code}", 1, checked)]
        for province in provinces:
            position = self.position
            units = [province.unit, *(commune.unit for commune in province.communes)]
            reports = [
                ReportCompiled(unit, year.code, position, year.last, self.draw.hash(), "0.1.0") for unit in units
            ]
            closed = PeriodClosed(province.unit, year.code, position, len(reports))
            yield [
                *(NewEvent(f"report-{report.unit}-{year.code}", 1, report) for report in reports),
                NewEvent(f"closing-{province.unit}-{year.code}", 1, closed),
            ]
