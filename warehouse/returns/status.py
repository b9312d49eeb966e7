"""Who has submitted for a period, who is late, what waits or was given back; and what was decided of a submission."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, get_args

from sqlalchemy import Connection

from schemas.forms import family
from schemas.periods import Period
from warehouse.hierarchy import TREE, tree_places

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
    """

    unit: str
    code: str
    name: str
    path: tuple[str, ...]
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


_RETURNED = """
, owed as (
    select tree.unit, tree.code, tree.name, tree.path, row_number() over () as place, f.form, f.due
    from tree
    join unnest(%(forms)s::text[], %(owing_kinds)s::text[], %(dues)s::date[]) as f (form, kind, due)
        on f.kind = tree.kind
), came as (
    select s.unit, s.form, s.submission, s.position, s.received_on,
        s.valid and s.decided_position <= %(position)s as valid, latest.state, coalesce(latest.counts, false) as counts
    from submission s
    cross join lateral (
        select (array_agg(state order by position desc))[1] as state,
            (array_agg(counts order by position desc) filter (where counts is not null))[1] as counts
        from submission_state t where t.submission = s.submission and t.position <= %(position)s
    ) latest
    where s.period = %(period)s and s.unit is not null and s.position <= %(position)s
), known as (
    select unit, form, bool_or(counts) as counts, count(*) filter (where valid) as valid,
        coalesce(min(received_on) filter (where valid), min(received_on)) as received_on,
        (array_agg(state order by position desc))[1] as newest,
        (array_agg(submission order by position desc))[1] as submission,
        (array_agg(submission order by position desc) filter (where state in ('valid', 'submitted')))[1] as awaiting
    from came group by unit, form
), found as (
    select submission, count(*) filter (where severity = 'error') as errors,
        count(*) filter (where severity = 'warning') as warnings
    from finding where submission in (select submission from known) and position <= %(position)s group by submission
)
select o.unit, o.code, o.name, o.path, o.form, %(period)s as period, o.due,
    case
        when k.counts then case when k.received_on <= o.due then 'on_time' else 'late' end
        when k.newest in ('received', 'valid', 'submitted') then 'waiting'
        when k.newest in ('returned', 'withdrawn') then k.newest
        when k.newest is null then 'missing'
        else 'invalid'
    end as state,
    k.newest, coalesce(k.counts, false) as counts, k.received_on, greatest(coalesce(k.valid, 0) - 1, 0) as revisions,
    coalesce(f.errors, 0) as errors, coalesce(f.warnings, 0) as warnings, k.submission::text as submission,
    k.awaiting::text as awaiting
from owed o
left join known k on k.unit::text = o.unit and k.form = o.form
left join found f using (submission)
order by o.place, o.form
"""


def returned(connection: Connection, period: Period, position: int, root: str | None = None) -> list[Returned]:
    """How it stands with every return that is owed for a period, in tree order; with `root`, with those under it.

    Only what is owed for the period itself, not for periods within it (see `schemas.forms.family.periods_within`).
    """
    owed = [
        (form.key, kind, form.duty.calendar.due(period)) for form in family.about(period) for kind in form.duty.kinds
    ]
    places = {
        **tree_places(period.last, position),
        "period": period.code,
        "forms": [form for form, _, _ in owed],
        "owing_kinds": [kind for _, kind, _ in owed],
        "dues": [due for _, _, due in owed],
    }
    rows = connection.exec_driver_sql(f"with tree as ({TREE}) {_RETURNED}", places)
    found = [Returned(**{**row._mapping, "path": tuple(row.path.split("/"))}) for row in rows]
    return found if root is None else [unit for unit in found if root in unit.path]


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
