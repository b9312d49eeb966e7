"""Who has submitted for a period, who is late, what waits or was given back; and what was decided of a submission."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, get_args

from sqlalchemy import Connection

from schemas.periods import Period
from warehouse.facts.basis import basis
from warehouse.facts.relations import CONTEXT, places
from warehouse.hierarchy import TREE, tree, tree_places

State = Literal["on_time", "late", "waiting", "invalid", "returned", "withdrawn", "missing"]
"""Of `schemas.vocabulary.states.RETURN_STATE`."""

STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True)
class Returned:
    """How it stands with a return: of one unit on one form for one period.

    `state` says of what counts whether it came in time, else what it waits for; `newest` is the state of the newest
    workbook (None if nothing came), which may be another one than the one that counts. `received_on` is the first day
    on which a valid workbook came, or else on which anything came; `submission` is the newest workbook's, and `errors`
    and `warnings` are its findings; `awaiting` is the newest valid one that the level above has not looked at.
    `path` are the units that it adds to, from the root; `undecidable`, where its last one is but a line (see the
    roll-up).
    """

    unit: str
    code: str
    name: str
    path: tuple[str, ...]
    undecidable: bool
    form: str
    period: str
    due: date
    state: State
    newest: str | None
    counts: bool
    received_on: date | None
    revisions: int
    errors: int
    warnings: int
    submission: str | None
    awaiting: str | None


@dataclass(frozen=True)
class Unplaced:
    """A file whose cover names no unit of ours or no quarter, so that it counts for nobody."""

    submission: str
    received_on: date


@dataclass(frozen=True)
class Problem:
    """A finding as the warehouse keeps it."""

    code: str
    severity: str
    sheet: str | None
    cell: str | None
    column: str | None


@dataclass(frozen=True)
class Decision:
    """What was decided of a submission (`valid` is None while it waits), for whom and when, and the findings.

    `form` and `form_version` are None where the file is on none that is known.
    `state` is the one into which it came last; `counting` is the submission of the same return that counts, if any.
    """

    submission: str
    unit_code: str | None
    period: str | None
    form: str | None
    form_version: int | None
    received_on: date
    valid: bool | None
    state: str
    counting: str | None
    problems: tuple[Problem, ...]


_RETURNED = f"""
{CONTEXT}
, owed as materialized (
    select unit, form, period, due, in_time_until, path, undecidable from duty join place using (unit)
    where %(only)s::uuid is null or %(only)s::uuid = any(path)
), named as (
    -- As on the tree's day; who had not begun by then is called as on its first day.
    select distinct on (o.unit) o.unit, code.code, name.name
    from owed o
    cross join lateral (
        select code from unit_change c where c.unit = o.unit and code is not null and c.position <= %(position)s
        order by on_date <= %(tree_on)s desc, case when on_date <= %(tree_on)s then on_date end desc, on_date,
            c.position desc limit 1
    ) code
    cross join lateral (
        select name from unit_change c where c.unit = o.unit and name is not null and c.position <= %(position)s
        order by on_date <= %(tree_on)s desc, case when on_date <= %(tree_on)s then on_date end desc, on_date,
            c.position desc limit 1
    ) name
), sent as (
    -- Before the decision it is whose its cover says, as far as that can be told: so figures count it, too.
    select submission, position, received_on, coalesce(valid and decided, false) as valid,
        case when decided then unit else cover_unit end as unit,
        case when decided then form else cover_form end as form,
        case when decided then period else cover_period end as period
    from (
        select *, coalesce(decided_position <= %(position)s, false) as decided
        from submission where position <= %(position)s
    ) s
), came as (
    select s.*, latest.state, coalesce(latest.counts, false) as counts
    from sent s
    join owed using (unit, form, period)
    cross join lateral (
        select (array_agg(state order by position desc))[1] as state,
            (array_agg(counts order by position desc) filter (where counts is not null))[1] as counts
        from submission_state t where t.submission = s.submission and t.position <= %(position)s
    ) latest
), known as (
    select unit, form, period, bool_or(counts) as counts, count(*) filter (where valid) as valid,
        coalesce(min(received_on) filter (where valid), min(received_on)) as received_on,
        (array_agg(state order by position desc))[1] as newest,
        (array_agg(submission order by position desc))[1] as submission,
        (array_agg(submission order by position desc) filter (where state in ('valid', 'submitted')))[1] as awaiting
    from came group by unit, form, period
), found as (
    select submission, count(*) filter (where severity = 'error') as errors,
        count(*) filter (where severity = 'warning') as warnings
    from finding where submission in (select submission from known) and position <= %(position)s group by submission
)
select o.unit::text, n.code, n.name, to_jsonb(o.path) as path, o.undecidable, o.form, o.period, o.due,
    case
        when k.counts then case when k.received_on <= o.in_time_until then 'on_time' else 'late' end
        when k.newest in ('received', 'valid', 'submitted') then 'waiting'
        when k.newest in ('returned', 'withdrawn') then k.newest
        when k.submission is null then 'missing'
        else 'invalid'
    end as state,
    k.newest, coalesce(k.counts, false) as counts, k.received_on, greatest(coalesce(k.valid, 0) - 1, 0) as revisions,
    coalesce(f.errors, 0) as errors, coalesce(f.warnings, 0) as warnings, k.submission::text as submission,
    k.awaiting::text as awaiting
from owed o
join named n using (unit)
left join known k using (unit, form, period)
left join found f using (submission)
"""
"""Grain: one row per return that is owed for a period within the period, with its place in the tree."""


def returned(connection: Connection, period: Period, position: int, root: str | None = None) -> list[Returned]:
    """How it stands with every return owed for the periods within a period, in the order of the tree of its last day.

    Those of units that do not live on that day stand where figures do: with their heirs, or as undecidable. With
    `root` (a unit's id), those under it.
    """
    rows = connection.exec_driver_sql(_RETURNED, {**places(basis(connection, period, position)), "only": root})
    found = [Returned(**{**row._mapping, "path": tuple(row.path)}) for row in rows]
    order = {unit.unit: place for place, unit in enumerate(tree(connection, period.last, position, root))}
    parts = {one.code: place for place, one in enumerate(period.parts())}

    def place(one: Returned) -> tuple[object, ...]:
        above = max((order[unit] for unit in one.path if unit in order), default=len(order))
        return above, one.undecidable, one.unit not in order, one.code, one.unit, parts[one.period], one.form

    return sorted(found, key=place)


def unplaced(connection: Connection, first: date, last: date) -> list[Unplaced]:
    """The files without a place that came from day `first` to day `last`, oldest first."""
    rows = connection.exec_driver_sql(
        "select submission::text, received_on from submission where (unit is null or period is null)"
        " and received_on between %(first)s and %(last)s order by position",
        {"first": first, "last": last},
    )
    return [Unplaced(*row) for row in rows]


class Waiting(NamedTuple):
    """A submission that was not decided yet."""

    submission: str
    unit_code: str | None
    period: str | None
    received_on: date
    received_at: datetime


def waiting(connection: Connection, on: date, position: int) -> list[Waiting]:
    """The submissions that wait to be decided, the longest first; the units' codes are those of the day `on`."""
    rows = connection.exec_driver_sql(
        f"with tree as ({TREE}) select s.submission::text, t.code, s.period, s.received_on, s.received_at"
        " from submission s left join tree t on t.unit = s.unit::text where decided_position is null"
        " order by s.position",
        tree_places(on, position),
    )
    return [Waiting(*row) for row in rows]


_DECIDED = """
select s.submission::text, coalesce(t.code, last.code) as unit_code, s.period, s.form, s.form_version,
    s.received_on, s.valid,
    (select state from submission_state where submission = s.submission order by position desc limit 1) as state,
    (
        select o.submission::text
        from submission o
        cross join lateral (
            select counts from submission_state
            where submission = o.submission and counts is not null order by position desc limit 1
        ) latest
        where o.unit = s.unit and o.form = s.form and o.period = s.period and latest.counts
    ) as counting
from submission s
left join tree t on t.unit = s.unit::text
left join lateral (
    select code from unit_change where unit = s.unit and code is not null order by on_date desc, position desc limit 1
) last on true
where s.submission = any(%(wanted)s::uuid[])
"""


def decisions(connection: Connection, submissions: Collection[str], on: date, position: int) -> dict[str, Decision]:
    """What was decided of submissions, by id; units go by their codes of the day `on`, or else their last."""
    wanted = {"wanted": list(submissions)}
    problems: dict[str, list[Problem]] = {}
    for row in connection.exec_driver_sql(
        "select submission::text, code, severity, sheet, cell, column_key from finding"
        " where submission = any(%(wanted)s::uuid[]) order by submission, severity, number",
        wanted,
    ):
        problems.setdefault(row.submission, []).append(Problem(*row[1:]))
    rows = connection.exec_driver_sql(f"with tree as ({TREE}) {_DECIDED}", {**wanted, **tree_places(on, position)})
    return {row.submission: Decision(**row._mapping, problems=tuple(problems.get(row.submission, ()))) for row in rows}
