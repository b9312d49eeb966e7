"""What a report's content is made of, in one language: columns, rows, and units that owe a report."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from reports.figures import Value
from schemas.translation import Language, catalogue

LONGEST_NAME = 160
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One value of every row: `index` is its place in the row, `of` and `part` are set on a part of a breakdown."""

    index: int
    code: str
    kind: str
    title: str
    short: str
    of: str | None
    part: str

    @property
    def base(self) -> str:
        """The code of the column that this one is a part of, or its own."""
        return self.code.split(".")[0] if self.of else self.code


@dataclass(frozen=True, slots=True)
class Row:
    """A unit and its values; `depth` 0 is the unit that reports."""

    code: str
    name: str
    depth: int
    values: Sequence[Value]


@dataclass(frozen=True, slots=True)
class Missing:
    """A unit that owes a report, and the name of the unit that it reports to."""

    code: str
    name: str
    superior: str


def read_column(index: int, column: Mapping[str, Any], language: Language) -> Column:
    """The column of this description, at this place of every row, with titles in this language."""
    title, breakdown, code = (
        column["title"][language],
        column["breakdown"],
        column["code"],
    )
    known = catalogue(language)
    return Column(
        index=index,
        code=code,
        kind=column["kind"],
        title=title,
        short=known.get(f"report.short.{code.removeprefix('target.')}", title),
        of=breakdown and breakdown["of"],
        part=breakdown["title"][language] if breakdown else "",
    )


def printable(name: str) -> str:
    """A name without control characters and not longer than a table can hold."""
    name = " ".join(_UNPRINTABLE.sub(" ", name).split())
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def runs(columns: Sequence[Column], attribute: str) -> Iterator[tuple[str, list[Column]]]:
    """Neighbouring columns that share an attribute, in order: what a heading above them spans."""
    for value, members in groupby(columns, key=lambda column: str(getattr(column, attribute))):
        yield value, list(members)
