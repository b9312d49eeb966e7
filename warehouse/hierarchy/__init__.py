"""The hierarchy of units over time."""

from warehouse.hierarchy.tree import (
    TREE,
    Unit,
    ended_by_code,
    kinds_alive,
    last_superior,
    root_of,
    root_units,
    roots,
    tree,
    tree_places,
    unit_by_code,
)

__all__ = [
    "TREE",
    "Unit",
    "ended_by_code",
    "kinds_alive",
    "last_superior",
    "root_of",
    "root_units",
    "roots",
    "tree",
    "tree_places",
    "unit_by_code",
]
