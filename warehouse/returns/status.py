"""Who has submitted for a quarter, who is late, what was rejected; and what was decided of a submission."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple

from sqlalchemy import Connection

from schemas.indicators.catalogue import REPORTING_KINDS
from schemas.periods import Period
from warehouse.hierarchy import TREE, tree_places

State = Literal["accepted", "late", "pending", "rejected", "missing"]

STATES: tuple[State, ...] = ("accepted", "late", "pending", "rejected", "missing")
"""In time; accepted but after the due day; not decided yet; only rejected; nothing came."""


@dataclass(frozen=True)
class Returned:
    """How it stands with the return of one unit for one quarter.

    `received_on` is the first day on which a return came that was accepted, or else on which anything came;
    `submission` is the newest workbook's, and `errors` and `warnings` are its findings.
    """

    unit: str
    code: str
    name: str
    path: tuple[str, ...]
    state: State
    received_on: date | None
    revisions: int
    errors: int
    warnings: int
    submission: str | None


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
    """What was decided of a submission (`accepted` is None while it waits), for whom and when, and the findings."""

    submission: str
    unit_code: str | None
    period: str | None
    received_on: date
    valid: bool | None
    problems: tuple[Problem, ...]


_RETURNED = """
, expected as (
    select *, row_number() over () as place from tree
), known as (
    select unit, submission, position, received_on,
        case when decided_position <= %(position)s then accepted end as accepted
    from submission where period = %(period)s and unit is not null and position <= %(position)s
), told as (
    select unit, count(*) filter (where valid) as accepted, count(*) filter (where accepted is null) as pending,
        coalesce(min(received_on) filter (where valid), min(received_on)) as received_on,
        (array_agg(submission order by position desc))[1] as newest
    from known group by unit
), found as (
    select submission, count(*) filter (where severity = 'error') as errors,
        count(*) filter (where severity = 'warning') as warnings
    from finding where submission in (select newest from told) and position <= %(position)s group by submission
)
select e.unit, e.code, e.name, e.path,
    case when t.accepted > 0 then case when t.received_on <= %(due)s then 'accepted' else 'late' end
        when t.pending > 0 then 'pending' when t.unit is not null then 'rejected' else 'missing' end as state,
    t.received_on, greatest(coalesce(t.accepted, 0) - 1, 0) as revisions,
    coalesce(f.errors, 0) as errors, coalesce(f.warnings, 0) as warnings, t.newest::text as submission
from expected e
left join told t on t.unit::text = e.unit
left join found f on f.submission = t.newest
where e.kind = any(%(reporting)s)
order by e.place
"""


def returned(connection: Connection, quarter: Period, position: int, root: str | None = None) -> list[Returned]:
    """How it stands with every unit that must report on a quarter, in tree order; with `root`, with those under it."""
    places = {
        **tree_places(quarter.last, position),
        "period": quarter.code,
        "due": quarter.due,
        "reporting": list(REPORTING_KINDS),
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


def decisions(connection: Connection, submissions: Collection[str], on: date, position: int) -> dict[str, Decision]:
    """What was decided of submissions, by id; the units' codes are those of the day `on`."""
    wanted = {"wanted": list(submissions)}
    problems: dict[str, list[Problem]] = {}
    for row in connection.exec_driver_sql(
        "select submission::text, code, severity, sheet, cell, column_key from finding"
        " where submission = any(%(wanted)s::uuid[]) order by submission, severity, number",
        wanted,
    ):
        problems.setdefault(row.submission, []).append(Problem(*row[1:]))
    rows = connection.exec_driver_sql(
        f"with tree as ({TREE}) select s.submission::text, t.code, s.period, s.received_on, s.valid"
        " from submission s left join tree t on t.unit = s.unit::text where s.submission = any(%(wanted)s::uuid[])",
        {**wanted, **tree_places(on, position)},
    )
    return {
        submission: Decision(submission, code, period, received_on, accepted, tuple(problems.get(submission, ())))
        for submission, code, period, received_on, accepted in rows
    }
