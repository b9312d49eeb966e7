"""What a view for analysts is: its grain, its key, and what may stand in each column."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.vocabulary.terms import Text

Terms = Mapping[str, Text]


@dataclass(frozen=True)
class Column:
    """A column: `meaning` in one sentence, whether it is always filled, what it may hold.

    `terms` is the closed list that it chooses from, `least` the smallest number, `refers` the view whose key it holds.
    """

    name: str
    meaning: Text
    required: bool = False
    terms: Terms | None = field(default=None, hash=False)
    least: int | None = None
    refers: str | None = None


@dataclass(frozen=True)
class View:
    """A read-only view in the schema `analysis`; its query stands in `warehouse/views/<name>.sql`.

    `grain` is one sentence, which opens the query too; `key` are the columns that tell its rows apart.
    """

    name: str
    title: Text
    grain: Text
    key: tuple[str, ...]
    columns: tuple[Column, ...]
