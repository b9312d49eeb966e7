"""What a report's content is made of, in one language: columns, rows, and units that owe a report."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from reports.content.figures import Value, figure
from schemas.messages.translation import Language

LONGEST_NAME = 160
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One value of every row, at `index` of the row's values.

    `base` is the code of the column that this one is a part of, or its own; `of`, `of_title` and `part` are set on a
    part of a breakdown; `grades` are the words for the values of a grade; `cell` is a row and a place in a table of
    several figures of one thing.
    """

    index: int
    code: str
    kind: str
    title: str
    short: str
    definition: str
    measured_in: str
    base: str
    of: str | None
    of_title: str
    part: str
    grades: Mapping[str, str]
    cell: tuple[str, str] | None

    def shown(self, value: Value, language: Language) -> str:
        """A value of this column as people read it."""
        return self.grades.get(str(value)) or figure(value, language)


@dataclass(frozen=True, slots=True)
class Row:
    """A unit and its values; `depth` 0 is the unit that reports. `traced` is what `nguon trace` finds the unit by."""

    code: str
    name: str
    depth: int
    values: Sequence[Value]
    traced: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A unit that owes a report, and the name of the unit that it reports to."""

    code: str
    name: str
    superior: str


def read_column(index: int, column: Mapping[str, Any], language: Language) -> Column:
    """The column of this description, at this place of every row, with titles in this language."""
    breakdown, code = column["breakdown"], column["code"]
    return Column(
        index=index,
        code=code,
        kind=column["kind"],
        title=column["title"][language],
        short=column["short"][language],
        definition=column["definition"][language] if not breakdown else "",
        measured_in=column["measured_in"][language] if not breakdown else "",
        base=code.removesuffix(f".{breakdown['of']}.{breakdown['value']}") if breakdown else code,
        of=breakdown and breakdown["of"],
        of_title=breakdown["of_title"][language] if breakdown else "",
        part=breakdown["title"][language] if breakdown else "",
        grades={grade: title[language] for grade, title in column.get("grades", {}).items()},
        cell=tuple(column["cell"]) if column.get("cell") else None,
    )


def printable(name: str) -> str:
    """A name without control characters and not longer than a table can hold."""
    name = " ".join(_UNPRINTABLE.sub(" ", name).split())
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def runs(columns: Sequence[Column], attribute: str) -> Iterator[tuple[str, list[Column]]]:
    """Neighbouring columns that share an attribute, in order: what a heading above them spans."""
    for value, members in groupby(columns, key=lambda column: str(getattr(column, attribute))):
        yield value, list(members)
