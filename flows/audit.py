"""The audit trail: from a printed figure to its facts, from a fact to its cell, from a person through all steps.

Whatever shows personal data is read through the vault, which records the reading.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from events import vault
from events.errors import UsageError
from events.ids import is_id
from events.log import read
from flows.context import Context
from flows.reporting import issued_content
from reports.content.compiling import value_of
from schemas.findings import Finding
from schemas.forms.family import periods_within
from schemas.indicators.catalogue import BY_CODE, FIGURES
from schemas.indicators.indicator import Submissions
from schemas.periods import Period, parse
from schemas.policies.rating import NOMINATION_SCALE
from warehouse import hierarchy
from warehouse.facts import expand
from warehouse.facts.basis import basis
from warehouse.facts.coverage import coverage
from warehouse.facts.handed_over import commitment_of
from warehouse.facts.line import line
from warehouse.facts.origins import Origin, origins
from warehouse.hierarchy.history import last_codes
from warehouse.projections import project
from warehouse.returns import record


@dataclass(frozen=True)
class FigureTrace:
    """A figure and the facts behind it; for a rate, the two figures that it divides."""

    figure: str
    value: int | str | None
    position: int
    status: str
    parts: tuple["FigurePart", ...]


@dataclass(frozen=True)
class FigurePart:
    """One counted figure: `value` is the sum of its facts; None where nobody reported anything of it."""

    code: str
    value: int | None
    facts: tuple[tuple[expand.Fact, Origin | None], ...]


@dataclass(frozen=True)
class StateChange:
    """A state that a submission came into: at which event, by whom, and why, where it needs a reason."""

    position: int
    state: str
    since: datetime
    by: str
    reason: str | None


@dataclass(frozen=True)
class SubmissionTrace:
    """A submission from receipt to its last state, with what it recorded; `comment` is what its return said."""

    submission: str
    file: str | None
    unit_code: str | None
    period: str | None
    form: str | None
    form_version: int | None
    received_on: date
    received_at: datetime
    position: int
    valid: bool | None
    decided_position: int | None
    previous: str | None
    states: tuple[StateChange, ...]
    comment: str | None
    findings: tuple[Finding, ...]
    facts: tuple[Origin, ...]


@dataclass(frozen=True)
class SubjectTrace:
    """A nominee's way: who it is, and every fact ever recorded, superseded ones too.

    `person` is None once erased, and where there is no key to the vault.
    """

    subject: str
    person: vault.Person | None
    facts: tuple[Origin, ...]


Trace = FigureTrace | SubmissionTrace | SubjectTrace | Origin


def trace(context: Context, what: str, reader: str, as_of: int | None = None, tree_on: date | None = None) -> Trace:
    """Follow `what`: PERIOD:UNIT:COLUMN (a figure), a submission's or subject's id, or a log position.

    A figure is one of the tree of `tree_on`, the period's last day if left out. `reader` is recorded where a person's
    data is shown. Raises UsageError `unknown_trace` and those of its parts.
    """
    reached = project.project(context.engine)
    store = context.keystore_if_any
    with context.engine.begin() as connection:
        if what.count(":") == 2:
            return _figure(connection, store, what, as_of, reached, tree_on)
        if what.isdecimal():
            return next(iter(origins(connection, store, [int(what)]).values()), None) or _unknown(what)
        if is_id(named := what.lower()):
            found = _submission(connection, store, named) or _subject(connection, store, named, reader, context.actor)
            if found:
                return found
        return _unknown(what)


def _unknown(what: str) -> Trace:
    raise UsageError("unknown_trace", what=what)


def _figure(
    connection: Connection,
    store: vault.KeyStore | None,
    figure: str,
    as_of: int | None,
    reached: int,
    tree_on: date | None,
) -> FigureTrace:
    written, named, code = figure.split(":")
    period, parts = parse(written), expand.parts(code)
    day = tree_on or period.last
    unit, reporting = _unit(connection, named, period, as_of or reached, day)
    issued = _issued_row(connection, unit, reporting, period.code, as_of) if day == period.last else None
    position = issued.position if issued else as_of or reached
    found = [_part(connection, store, unit, period, part, position, day) for part in parts]
    value: int | str | None = found[0].value
    if indicator := BY_CODE.get(code):
        root = expand.root_of_figure(connection, unit, period, position, day)
        scale = basis(connection, period, position, day, root).in_force(NOMINATION_SCALE).value
        value = value_of(indicator, {part.code: part.value for part in found}, scale)
    if issued and code in issued.values:
        value = issued.values[code]
    return FigureTrace(figure, value, position, "official" if issued else "preliminary", tuple(found))


def _unit(connection: Connection, named: str, period: Period, position: int, on: date) -> tuple[str, Sequence[str]]:
    """A unit of the tree of a day, or one whose figures make a line there, and the units whose reports have its row.

    Those are itself; of a line those above it, the next first; and every top, where it stands under no unit.
    """
    try:
        unit = hierarchy.unit_by_code(connection, named, on, position)
    except UsageError:
        path = line(connection, named, period, position, on)
        if path is None:
            raise
        tops = (unit.unit for unit in hierarchy.tree(connection, on, position) if unit.depth == 0)
        return path[-1], path[-2::-1] or list(tops)
    return unit, [unit]


@dataclass(frozen=True)
class _IssuedRow:
    """What was issued of a unit or line, by column."""

    position: int
    values: Mapping[str, int | str | None]


def _issued_row(
    connection: Connection, unit: str, reporting: Sequence[str], period: str, as_of: int | None
) -> _IssuedRow | None:
    """What was issued of a unit in the report of the first of those that have it."""
    for reporter in reporting:
        content = issued_content(connection, reporter, period, as_of)
        if content is None:
            continue
        row = next((row for row in (*content["rows"], *content.get("beyond", ())) if row["id"] == unit), None)
        if row is not None:
            codes = (column["code"] for column in content["columns"])
            return _IssuedRow(content["position"], dict(zip(codes, row["values"], strict=True)))
    return None


def _part(
    connection: Connection,
    store: vault.KeyStore | None,
    unit: str,
    period: Period,
    code: str,
    position: int,
    tree_on: date,
) -> FigurePart:
    facts = expand.expand(connection, unit, period, code, position, tree_on)
    found = origins(connection, store, [fact.stated for fact in facts if fact.stated is not None])
    known = bool(facts) or _is_known(connection, unit, period, code, position, tree_on)
    return FigurePart(
        code,
        sum(fact.value for fact in facts) if known else None,
        tuple((fact, found.get(fact.stated) if fact.stated else None) for fact in facts),
    )


def _is_known(connection: Connection, unit: str, period: Period, code: str, position: int, tree_on: date) -> bool:
    """Whether a figure without facts is zero rather than unknown."""
    indicator = FIGURES[code].indicator
    if isinstance(indicator, Submissions):
        return bool(periods_within(period))
    on = basis(
        connection, period, position, tree_on, expand.root_of_figure(connection, unit, period, position, tree_on)
    )
    if indicator.code not in coverage(connection, on, unit).unknown(unit):
        return True
    # Of what is broken down something is known: then the part is none of it.
    return code != indicator.code and bool(expand.expand(connection, unit, period, indicator.code, position, tree_on))


def _submission(connection: Connection, store: vault.KeyStore | None, submission: str) -> SubmissionTrace | None:
    found = record.record_of(connection, submission)
    if found is None:
        return None
    codes = last_codes(connection, [found.unit]) if found.unit else {}
    facts = [
        event.position
        for event in read.of_submission(connection, submission)
        if event.stream != f"submission-{submission}"
    ]
    return SubmissionTrace(
        submission,
        vault.file_name(connection, store, submission) if store else None,
        codes.get(found.unit or ""),
        found.period,
        found.form,
        found.form_version,
        found.received_on,
        found.received_at,
        found.position,
        found.valid,
        found.decided_position,
        found.previous,
        _states(connection, submission),
        vault.comment(connection, store, submission) if store else None,
        tuple(record.findings(connection, submission)),
        tuple(origins(connection, store, facts).values()),
    )


def _states(connection: Connection, submission: str) -> tuple[StateChange, ...]:
    changes = record.states(connection, submission)
    by = origins(connection, None, [position for position, *_ in changes])
    return tuple(
        StateChange(position, state, since, by[position].by, reason) for position, state, since, reason in changes
    )


def _subject(
    connection: Connection, store: vault.KeyStore | None, subject: str, reader: str, by: str
) -> SubjectTrace | None:
    positions = [event.position for event in read.read(connection, stream=f"nomination-{subject}")]
    if not positions:
        return None
    counting = commitment_of(connection, subject)
    person = vault.read_person(connection, store, subject, reader, "trace", by, counting) if store else None
    return SubjectTrace(subject, person, tuple(origins(connection, store, positions).values()))
