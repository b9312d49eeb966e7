"""What a template may be filled with beforehand: the caller knows it, the form chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Row = Mapping[str, object]
"""Column key to what the template writes there: a str, int, float or date; nothing for a column that is left out."""

Rows = Mapping[str, Sequence[Row]]
"""By sheet key, the rows from the first on."""


@dataclass(frozen=True)
class UnitBelow:
    """A unit under the one that reports, with its superior's kind, and its nomination criterion of the year in words.

    The criterion is None where it has none.
    """

    code: str
    name: str
    kind: str
    under: str | None = None
    criterion: str | None = None


@dataclass(frozen=True)
class Beforehand:
    """What is known when a template is made; `units` in the order of the tree."""

    units: tuple[UnitBelow, ...] = ()
