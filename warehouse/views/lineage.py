"""Where figures come from: which types of event fill a table, and which tables stand behind an indicator or a view.

Nothing of it is written down a second time: the projections name the events that they read, PostgreSQL knows what a
view reads, and its planner what the statement behind an indicator reads.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection

from events.types import TYPES
from events.types.nominations import FactRetracted
from schemas.indicators.catalogue import BY_CODE, INDICATORS
from schemas.indicators.indicator import Indicator
from schemas.periods import parse
from schemas.vocabulary.steps import STEPS
from warehouse.facts.basis import basis
from warehouse.facts.expand import parts
from warehouse.facts.relations import CONTEXT, OF_NOMINEE, places, relation
from warehouse.projections.project import FACT_KEYS, read_by, statements
from warehouse.tables import FACTS
from warehouse.views import SCHEMA

_TARGET = re.compile(r"^(?:insert\s+into|update)\s+(\w+)", re.MULTILINE)
_ANY_PERIOD = parse("2026Q1")

_READ_BY_VIEWS = """
select distinct v.relname as view, t.relname as table
from pg_rewrite r
join pg_class v on v.oid = r.ev_class
join pg_depend d on d.objid = r.oid and d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
join pg_class t on t.oid = d.refobjid
where v.relnamespace = to_regnamespace(%(schema)s) and t.oid <> v.oid
order by 1, 2
"""
"""Grain: one row per view and table that it reads."""


@dataclass(frozen=True)
class Lineage:
    """`events`: the types of event that fill a table, by table. `views` and `indicators`: the tables behind each.

    `steps`: of the events behind an indicator that reads the table of steps, those that it counts.
    """

    events: dict[str, tuple[str, ...]]
    views: dict[str, tuple[str, ...]]
    indicators: dict[str, tuple[str, ...]]
    steps: dict[str, tuple[str, ...]]

    def behind(self, indicator: str) -> tuple[str, ...]:
        """The types of event that an indicator is made of, in the order of the log's types."""
        counted = self.steps[indicator]
        others = {step.event for step in STEPS.values()} - set(counted) if counted else set()
        found = {
            event
            for table in self.indicators[indicator]
            for event in self.events.get(table, ())
            if table != "step" or event not in others
        }
        return tuple(event for event in TYPES if event in found)


def trace(connection: Connection) -> Lineage:
    """The lineage of this database and this program."""
    views: dict[str, list[str]] = {}
    for row in connection.exec_driver_sql(_READ_BY_VIEWS, {"schema": SCHEMA}):
        views.setdefault(row.view, []).append(row.table)
    made_of = {i.code: [BY_CODE[part] for part in parts(i.code)] for i in INDICATORS}
    read = {i.code: _tables(connection, i) for i in INDICATORS if made_of[i.code] == [i]}
    return Lineage(
        _events(),
        {view: tuple(tables) for view, tables in views.items()},
        {code: _united(read[part.code] for part in of) for code, of in made_of.items()},
        {code: _united(_steps(part) for part in of) for code, of in made_of.items()},
    )


def _events() -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for statement in ";".join(statements().values()).split(";"):
        if target := _TARGET.search(statement):
            found.setdefault(target[1], set()).update(read_by(statement))
    found["statement"] = set(FACT_KEYS)
    for fact in FACTS:
        # What is retracted ends here; any event may end an earlier one of its stream that it corrects.
        found[fact.name].add(FactRetracted.__name__)
    return {table: tuple(event for event in TYPES if event in events) for table, events in found.items()}


def _tables(connection: Connection, indicator: Indicator) -> tuple[str, ...]:
    """What the planner would read to count an indicator with all its breakdowns."""
    split = [f"({breakdown.expression})" for breakdown in indicator.breakdowns]
    of = {breakdown.of for breakdown in indicator.breakdowns}
    nominee = OF_NOMINEE if "nominee" in of else ""
    belonging = "left join belonging on belonging.unit = f.unit" if "unit" in of else ""
    plan = connection.exec_driver_sql(
        f"explain (format json) {CONTEXT} select {', '.join(['f.*', *split])}"
        f" from ({relation([indicator])}) f {nominee} {belonging}",
        places(basis(connection, _ANY_PERIOD, 1)),
    ).scalar_one()
    return tuple(sorted(set(_relations(plan))))


def _relations(plan: Any) -> Iterator[str]:
    if isinstance(plan, list):
        for part in plan:
            yield from _relations(part)
    elif isinstance(plan, dict):
        if "Relation Name" in plan:
            yield plan["Relation Name"]
        for part in plan.values():
            yield from _relations(part)


def _steps(indicator: Indicator) -> tuple[str, ...]:
    """The events of the steps that an indicator's declaration names."""
    named: set[str] = set()
    for field in fields(indicator):
        value = getattr(indicator, field.name)
        if field.name != "code" and isinstance(value, str | tuple):
            named |= {code for code in ((value,) if isinstance(value, str) else value) if isinstance(code, str)}
    return tuple(step.event for code, step in STEPS.items() if code in named)


def _united(several: Iterator[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for each in several for one in each))
