"""What the rows of workbooks are judged against: who is known, what other returns state of them, who may report it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import polars as pl
from sqlalchemy import Connection

from events.errors import UsageError
from events.log.recorded import Recorded
from events.types.nominations import NomineeIdentified, Step
from schemas.forms.known import Known
from schemas.periods import Period
from schemas.vocabulary.steps import STEPS
from warehouse.hierarchy import in_period
from warehouse.hierarchy.chains import chains
from warehouse.returns.returns import Key
from warehouse.returns.statements import PersonStatement, current

_CODE_OF = {step.event: code for code, step in STEPS.items()}


@dataclass(frozen=True)
class Asked:
    """A submission whose rows are to be judged: its return, and the people of that return by identity number.

    `renumbered` are those numbers by which people are known anew, or were known before.
    """

    submission: str
    key: Key
    period: Period
    subjects: Mapping[str, str]
    renumbered: Collection[str] = ()


def known(
    connection: Connection,
    asked: Iterable[Asked],
    before: Mapping[Key, list[Recorded]],
    people: Collection[PersonStatement],
    codes: Collection[tuple[str, str]],
    position: int,
) -> Known:
    """The frames that forms judge by.

    `before` is what each return states, `people` what all returns state of everybody concerned, `codes` the codes of
    units that the rows name, by submission.
    """
    asked = list(asked)
    by_subject: dict[str, list[PersonStatement]] = defaultdict(list)
    for statement in people:
        by_subject[statement.subject].append(statement)
    subjects, stated, earlier, stretches = [], [], [], []
    for one in asked:
        subjects += [
            (one.submission, identity, subject, identity in one.renumbered)
            for identity, subject in one.subjects.items()
        ]
        own = [_own(event) for event in before[one.key] if isinstance(event.payload, NomineeIdentified | Step)]
        concerned = {*one.subjects.values(), *(subject for subject, *_ in own)}
        others = [s for subject in concerned for s in by_subject[subject] if s.key != one.key]
        stated += [(one.submission, s.subject, s.step, s.on, s.last, s.key.unit) for s in others]
        earlier += [(one.submission, *told) for told in own]
        stretches += [(one, stretch) for stretch in _stretches(others)]
    return Known(
        pl.DataFrame(subjects, _SUBJECTS, orient="row"),
        pl.DataFrame(stated, _STATED, orient="row"),
        pl.DataFrame(earlier, _BEFORE, orient="row"),
        _responsible(connection, stretches, position),
        _units(connection, {one.submission: one for one in asked}, codes, position),
    )


_PERSON = {"submission": pl.String, "subject": pl.String}
_SUBJECTS = {"submission": pl.String, "identity": pl.String, "subject": pl.String, "renumbered": pl.Boolean}
_STATED = _PERSON | {"step": pl.String, "on": pl.Date, "last": pl.Date, "by": pl.String}
_BEFORE = _PERSON | {"step": pl.String, "on": pl.Date, "sheet": pl.String, "sheet_row": pl.Int32}
_RESPONSIBLE = _PERSON | {"since": pl.Date, "until": pl.Date, "allowed": pl.Boolean, "without_heir": pl.Date}
_UNITS = (
    dict.fromkeys(("submission", "written", "unit", "kind", "under"), pl.String)
    | dict.fromkeys(("below", "acts_for"), pl.Boolean)
    | {"without_heir": pl.Date}
)


def _own(event: Recorded) -> tuple[str, str, date, str | None, int | None]:
    payload, cause = event.payload, event.cause
    assert isinstance(payload, NomineeIdentified | Step)
    place = (cause.sheet, cause.row) if cause else (None, None)
    return (payload.subject, _CODE_OF[event.type], payload.on, *place)


class Stretch(NamedTuple):
    """From when to when (both days included) a unit is responsible for a person; None where there is no such day."""

    subject: str
    unit: str | None
    since: date | None
    until: date | None


def _stretches(statements: Iterable[PersonStatement]) -> list[Stretch]:
    """Who is responsible for people whom returns identified: the unit they belong to, until a transfer hands over."""
    counting = current(list(statements)).values()
    found: list[Stretch] = []
    for identified in (one for one in counting if one.step == "identified"):
        transfers = sorted(
            (one for one in counting if one.subject == identified.subject and one.step == "transferred"),
            key=lambda one: (one.on, one.position),
        )
        units = [identified.unit, *(one.receiver for one in transfers)]
        days = [None, *(one.on for one in transfers), None]
        found += [
            Stretch(identified.subject, unit, since, until)
            for unit, since, until in zip(units, days, days[1:], strict=False)
        ]
    return found


def _responsible(connection: Connection, stretches: Collection[tuple[Asked, Stretch]], position: int) -> pl.DataFrame:
    units = {(stretch.unit, asked.period) for asked, stretch in stretches if stretch.unit is not None}
    acting = in_period.may_act_for(connection, units, position) if units else {}
    ended = in_period.without_heir(connection, {unit for unit, _ in units}, position) if units else {}
    rows = [
        (
            asked.submission,
            stretch.subject,
            stretch.since,
            stretch.until,
            asked.key.unit in acting.get((stretch.unit or "", asked.period), ()),
            ended.get(stretch.unit or ""),
        )
        for asked, stretch in stretches
    ]
    return pl.DataFrame(rows, _RESPONSIBLE, orient="row")


def _units(
    connection: Connection, asked: Mapping[str, Asked], codes: Collection[tuple[str, str]], position: int
) -> pl.DataFrame:
    """What the codes mean that the rows name: the units that bore them in the periods that the rows are about."""
    bearers: dict[tuple[str, Period], in_period.Bearer] = {}
    for written, period in {(written, asked[submission].period) for submission, written in codes}:
        try:
            bearers[written, period] = in_period.bearer(connection, written, period, position)
        except UsageError:
            continue
    above = chains(connection, {(b.unit, b.last_day) for b in bearers.values()}, position)
    wanted = {(bearer.unit, period) for (_, period), bearer in bearers.items()}
    acting = in_period.may_act_for(connection, wanted, position) if bearers else {}
    ended = in_period.without_heir(connection, {unit for unit, _ in wanted}, position) if bearers else {}
    rows = []
    for submission, written in codes:
        one = asked[submission]
        if bearer := bearers.get((written, one.period)):
            below = one.key.unit in above[bearer.unit, bearer.last_day][1:]
            acts_for = one.key.unit in acting[bearer.unit, one.period]
            rows.append(
                (submission, written, bearer.unit, bearer.kind, bearer.under, below, acts_for, ended.get(bearer.unit))
            )
    return pl.DataFrame(rows, _UNITS, orient="row")
