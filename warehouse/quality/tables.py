"""The queries behind the names that expectations know: the warehouse's tables as of a position, and what follows."""

from collections.abc import Mapping

from sqlalchemy import Connection

from events.database import filled
from events.types import TYPES, units
from schemas.periods import Period
from schemas.vocabulary.steps import STEPS
from warehouse import hierarchy
from warehouse.facts.basis import basis
from warehouse.facts.relations import CONTEXT, places
from warehouse.projections.project import FACT_KEYS, read_by, statements
from warehouse.quality import figures
from warehouse.tables import FACTS

_MADE_BY = {
    "nominee": ("NomineeIdentified",),
    "step": tuple(step.event for step in STEPS.values()),
    "membership": ("MembershipCounted",),
    "activity": ("ActivityHeld",),
    "target": ("TargetSet",),
    "schedule": ("PlanScheduled",),
    "rating": ("OrganisationRated",),
    "statement": tuple(FACT_KEYS),
    "policy": ("PolicySet",),
    "unit_change": tuple(name for name, kind in TYPES.items() if kind.__module__ == units.__name__),
    "submission": ("SubmissionReceived",),
    "submission_state": tuple(read_by(statements()["submission_state"])),
    "quality": ("QualityChecked",),
    "report": ("ReportCompiled",),
    "closing": ("PeriodClosed",),
}
"""The tables that hold one row, or of facts at least one, for each event of some types."""


def as_of(connection: Connection, period: Period, position: int) -> dict[str, str]:
    """The query of each table as of a position, by the name under which an `Expectation` knows it.

    First those that read the tables themselves: a name that stands further up would hide the table from them.
    """
    schema = connection.exec_driver_sql("select current_schema()").scalar_one()
    so_far = f"position <= {position}"
    counting = f"{so_far} and (position_to is null or position_to > {position})"
    versions = (
        f"select '{f.name}' as fact, position, position_to from {schema}.{f.name} where {so_far}" for f in FACTS
    )
    tree = filled(connection, hierarchy.TREE, hierarchy.tree_places(period.last, position))
    return {
        "tree": f"select * from ({tree}) as t",
        "logged": _logged(connection, schema, so_far),
        **figures.queries(connection, period, position),
        "checked_period": filled(
            connection,
            "select %(first)s as first, %(last)s as last, %(codes)s as codes",
            {"first": period.first, "last": period.last, "codes": [period.code, *(one.code for one in period.parts())]},
        ),
        "version": " union all ".join(versions),
        **{fact.name: f"select * from {schema}.{fact.name} where {counting}" for fact in FACTS},
        **{name: f"select * from {schema}.{name} where {so_far}" for name in ("unit_change", "finding", "report")},
        "submission": (
            "select submission, position, d.*, coalesce(latest.counts, false) as counts from"
            f" (select *, decided_position <= {position} as decided from {schema}.submission where {so_far}) as s"
            " cross join lateral (select case when decided then decided_position end as decided_position,"
            " case when decided then valid end as valid, case when decided then previous end as previous,"
            " case when decided then unit else cover_unit end as unit, case when decided then form else cover_form end"
            " as form, case when decided then period else cover_period end as period) as d"
            " left join ("
            f"  select distinct on (submission) submission, counts from {schema}.submission_state"
            f"  where {so_far} and counts is not null order by submission, position desc"
            " ) as latest using (submission)"
        ),
    }


def of_root(
    connection: Connection, found: Mapping[str, str], period: Period, position: int, root: str
) -> dict[str, str]:
    """Of the queries of `as_of` only the rows that do not belong to another root on the period's last day.

    What belongs to nobody stays, and what is said of the tree, the versions and the log as a whole.
    """
    others = filled(
        connection,
        f"{CONTEXT} select unit from place"
        " where path[1] <> %(own)s::uuid and not (undecidable and cardinality(path) = 1)",
        {**places(basis(connection, period, position)), "own": root},
    )
    elsewhere = f"select unit from ({others}) as others"
    own = dict.fromkeys((*(fact.name for fact in FACTS), "report"), f"unit not in ({elsewhere})")
    own["submission"] = f"unit is null or {own['report']}"
    own["finding"] = (
        f"submission not in (select submission from ({found['submission']}) as s where unit in ({elsewhere}))"
    )
    narrowed = {name: f"select * from ({found[name]}) as every where {condition}" for name, condition in own.items()}
    return {**found, **narrowed, **figures.queries(connection, period, position, root)}


def _logged(connection: Connection, schema: str, so_far: str) -> str:
    """One row per event that makes a row, and per row that an event made."""
    pairs = [(name, kind) for name, kinds in _MADE_BY.items() for kind in kinds]
    recorded = filled(
        connection,
        "select made.name, position from events.event"
        " join unnest(%(names)s::text[], %(kinds)s::text[]) as made (name, kind) on kind = type",
        {"names": [name for name, _ in pairs], "kinds": [kind for _, kind in pairs]},
    )
    facts = {fact.name for fact in FACTS}
    projected = " union all ".join(
        f"select distinct '{name}' as name, stated as position from {schema}.{name} where {so_far}"
        if name in facts
        else f"select '{name}' as name, position from {schema}.{name} where {so_far}"
        for name in _MADE_BY
    )
    return (
        "select name, position, e.name is not null as recorded, t.name is not null as projected"
        f" from ({recorded} where {so_far}) as e full join ({projected}) as t using (name, position)"
    )
