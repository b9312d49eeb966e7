"""All figures of all units for a period in one statement: added up at the unit that reported, then along its path.

The tree may be that of any day: what units reported that do not live on it stands with those who follow them.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from events.database import streamed
from schemas.indicators.catalogue import INDICATORS
from schemas.indicators.indicator import Breakdown, Indicator
from schemas.periods import Period
from warehouse.facts.basis import Basis, basis
from warehouse.facts.relations import CONTEXT, OF_NOMINEE, by_way, places, relation
from warehouse.hierarchy import Unit, tree

_STANDS = """
-- Lines that have figures of more than one unit.
shared as materialized (
    select distinct line from (
        select path[cardinality(path) - 1] as line from place
        union all
        select path[cardinality(path)] from place where path[cardinality(path)] <> unit
    ) lines where line is not null
),
stands as materialized (
    select unit, line is null as alone,
        case when line is null then path[cardinality(path) - 1] else path[cardinality(path)] end as adds_to
    from place left join shared on line = path[cardinality(path)]
)
"""
"""Where the figures of a unit go: `alone`, where no other unit adds to its line, and the line that they are added to
then (its superior's; else the line itself)."""


def statement(indicators: Sequence[Indicator]) -> str:
    """The statement that rolls up these indicators, with the grain and the places of STATEMENT."""
    divided = [i for i in indicators if any(b.of == "unit" for b in i.breakdowns)]
    rest = [i for i in indicators if i not in divided]
    by_unit = [
        f"select unit, code || '.{b.code}.' || ({b.expression}), value"
        f" from divided join belonging using (unit)"
        f" where code in ({_listed(having)}) and ({b.expression}) in ({_listed(list(b.terms))})"
        for b in _breakdowns(divided, "unit")
        if (having := [i.code for i in divided if b in i.breakdowns])
    ]
    leaves = [*_leaves(rest), "select unit, code, value from divided", *by_unit]
    # The figures of units that stand alone, which are nearly all, are done; only their sums at the line above are taken
    # along the path, and there are few such lines.
    return f"""
{CONTEXT}, {_STANDS},
divided as materialized ({_all(_leaves(divided))}),
leaf as materialized (
    select unit, alone, adds_to, code, value from ({_all(leaves)}) leaves join stands using (unit)
),
gathered as (
    select adds_to, code, sum(value) as value from leaf where adds_to is not null group by adds_to, code
)
select unit::text as ancestor, code, value::bigint from leaf where alone
union all
select ancestor::text, code, sum(value)::bigint
from gathered join tree on tree.unit = adds_to, unnest(path) as ancestor
group by ancestor, code
"""


def _leaves(indicators: Sequence[Indicator]) -> list[str]:
    """Queries for what each unit counted itself: `unit`, `code`, `value`, breakdowns by people included."""
    split = [i for i in indicators if any(b.of == "nominee" for b in i.breakdowns)]
    leaves = [_sums(relation(way, to_sum=True)) for way in by_way([i for i in indicators if i not in split])]
    return [*leaves, _split(split)] if split else leaves


def _all(queries: Sequence[str]) -> str:
    return " union all ".join(queries) or "select null::uuid as unit, null as code, null::bigint as value where false"


def _sums(facts: str) -> str:
    return f"select unit, measure as code, sum(value) as value from ({facts}) facts group by unit, measure"


def _split(split: Sequence[Indicator]) -> str:
    """Sums of what has a subject, whole and by the terms of every breakdown by people."""
    counted = _all([f"select unit, measure, value, subject from ({relation(way)}) r" for way in by_way(split)])
    breakdowns = _breakdowns(split, "nominee")
    columns = ", ".join(f"{_where_declared(b, split)} as by_{b.code}" for b in breakdowns)
    part = "case " + " ".join(
        f"when grouping(by_{b.code}) = 0 then case when by_{b.code} is not null then '.{b.code}.' || by_{b.code} end"
        for b in breakdowns
    )
    sets = "(unit, measure), " + ", ".join(f"(unit, measure, by_{b.code})" for b in breakdowns)
    return f"""
select unit, measure || part as code, value
from (
    select unit, measure, {part} else '' end as part, sum(value) as value
    from (select f.unit, f.measure, f.value, {columns} from ({counted}) f {OF_NOMINEE}) facts
    group by grouping sets ({sets})
) parts
where part is not null
"""


def _breakdowns(indicators: Sequence[Indicator], of: str) -> list[Breakdown]:
    return list({b.code: b for i in indicators for b in i.breakdowns if b.of == of}.values())


def _where_declared(breakdown: Breakdown, indicators: Sequence[Indicator]) -> str:
    having = [indicator.code for indicator in indicators if breakdown in indicator.breakdowns]
    if len(having) == len(indicators):
        return breakdown.expression
    return f"case when f.measure in ({_listed(having)}) then {breakdown.expression} end"


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


STATEMENT = statement(INDICATORS)
"""Grain: one row per unit of the tree and figure that is not zero."""


_UNDECIDABLE = f"""
{CONTEXT} select place.unit::text, to_jsonb(path) as path, code, name, kind, level
from place
cross join lateral (
    select (array_agg(code order by on_date desc, position desc) filter (where code is not null))[1] as code,
        (array_agg(name order by on_date desc, position desc) filter (where name is not null))[1] as name,
        (array_agg(kind order by on_date desc, position desc) filter (where kind is not null))[1] as kind,
        (array_agg(level order by on_date desc, position desc) filter (where level is not null))[1] as level
    from unit_change c where c.unit = place.unit and c.position <= %(position)s
) as last_known
where place.unit = any(%(units)s::uuid[])
order by code, place.unit
"""
"""Grain: one row per unit that has figures but no place of its own in the tree."""


class Values:
    """For each unit its figures by column code, in eight bytes a figure: of a country there are millions.

    Iterates over the units that have any; the others have none.
    """

    _VALUE = 1 << 48

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._codes: list[str] = []
        self._packed: dict[str, array[int]] = {}

    def add(self, unit: str, code: str, value: int) -> None:
        """Take one figure, zero or more."""
        number = self._numbers.get(code)
        if number is None:
            number = self._numbers[code] = len(self._codes)
            self._codes.append(code)
        figures = self._packed.get(unit)
        if figures is None:
            figures = self._packed[unit] = array("q")
        figures.append(number * self._VALUE + value)

    def __getitem__(self, unit: str) -> dict[str, int]:
        pairs = (divmod(figure, self._VALUE) for figure in self._packed.get(unit, ()))
        return {self._codes[number]: value for number, value in pairs}

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)


class Figures(NamedTuple):
    """The tree of a day, and for each unit its figures by column code (zero where missing).

    A unit that does not live on that day and whose figures cannot be told apart among those that do stands in the
    tree as `undecidable`, last under what all of them are under; where they have no superior in common it stands at
    the end, under nothing.
    """

    tree: list[Unit]
    values: Values


def roll_up(
    connection: Connection, period: Period, position: int, tree_on: date | None = None, root: str | None = None
) -> Figures:
    """Every counted figure of a period for every unit of a root, on the tree of a day, as known at a position.

    Without `tree_on`, on the tree of the period's last day; without `root`, of all units (see `basis`).
    """
    return figures(connection, basis(connection, period, position, tree_on, root))


def figures(connection: Connection, of: Basis) -> Figures:
    """Every counted figure on a basis."""
    parameters = places(of)
    values = Values()
    for ancestor, code, value in streamed(connection, STATEMENT, parameters):
        values.add(ancestor, code, value)
    units = tree(connection, of.tree_on, of.position, of.root)
    if lines := set(values) - {unit.unit for unit in units}:
        found = connection.exec_driver_sql(_UNDECIDABLE, {**parameters, "units": list(lines)})
        units = _with_lines(units, (_line(*row) for row in found))
    return Figures(units, values)


def _line(unit: str, path: list[str], code: str, name: str, kind: str, level: int) -> Unit:
    return Unit(unit, path[-2] if len(path) > 1 else None, code, name, kind, level, tuple(path), undecidable=True)


def _with_lines(units: list[Unit], lines: Iterable[Unit]) -> list[Unit]:
    """The tree with each line at the end of what it stands under."""
    below: dict[str | None, list[Unit]] = defaultdict(list)
    for line in lines:
        below[line.parent].append(line)
    found: list[Unit] = []
    open_units: list[Unit] = []
    for unit in units:
        while len(open_units) > unit.depth:
            found += below[open_units.pop().unit]
        found.append(unit)
        open_units.append(unit)
    while open_units:
        found += below[open_units.pop().unit]
    return found + below[None]
