"""What is known of units that are about to change, and of all that bears on them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection

from schemas.units.past import UnitFact

_FACTS = (Path(__file__).parent / "unit_facts.sql").read_text(encoding="utf-8")


def facts_for(connection: Connection, new: Sequence[UnitFact], position: int) -> list[UnitFact]:
    """The facts that `schemas.units.rules.problems` needs to judge `new`, as known at a position, in log order."""
    rows = connection.exec_driver_sql(
        _FACTS,
        {
            "units": _each(fact.unit for fact in new),
            "others": _each(
                other for fact in new for other in (fact.parent, *(fact.successors or ())) if other is not None
            ),
            "codes": _each(fact.code for fact in new if fact.code is not None),
            "superiors": _each(fact.unit for fact in new if fact.alive is not None or fact.level is not None),
            "position": position,
        },
    )
    return [
        UnitFact(unit, on, alive, parent, code, level, name, kind, tuple(successors) if successors else None)
        for unit, on, alive, parent, code, level, name, kind, successors in rows
    ]


def _each(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))
