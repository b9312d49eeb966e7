"""A reorganisation before it is events: changes that name units by code, and the CSV that they are loaded from."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from events.errors import UsageError
from events.types.fields import DocumentNumber
from flows.units.rows import Line, read_lines

COLUMNS = ("change", "code", "on", "name", "parent", "new_code", "successor", "kind", "level", "order")

NEEDED = {
    "establish": ("name", "kind", "level"),
    "rename": ("name",),
    "recode": ("new_code",),
    "reclassify": ("kind", "level"),
    "move": ("parent",),
    "merge": ("successor",),
    "split": ("successor",),
    "dissolve": (),
    "revive": (),
}
"""What can happen to a unit, and the columns that each needs besides code and on."""


@dataclass(frozen=True)
class Change:
    """What happens to a unit on a day.

    `code` is the one that the unit bears on the day before (one that is established: from that day on; one that is
    revived: the last that it bore). `parent` and `successors` are codes as they stand on the day itself.
    """

    change: str
    code: str
    on: date
    name: str | None = None
    parent: str | None = None
    new_code: str | None = None
    successors: tuple[str, ...] = ()
    kind: str | None = None
    level: int | None = None
    order: str | None = None


def read_changes(path: Path) -> list[Change]:
    """The changes of a CSV file with the columns COLUMNS, in the file's order; successors are separated by spaces.

    Raises UsageError `units_file_*` naming line and column.
    """
    changes = [_change(line) for line in read_lines(path, COLUMNS)]
    if not changes:
        raise UsageError("units_file_empty", file=path.name)
    return changes


def _change(line: Line) -> Change:
    what = line.cells["change"].lower()
    if what not in NEEDED:
        line.refuse("change", ", ".join(NEEDED))
    for column in NEEDED[what]:
        if not line.cells[column]:
            line.refuse(column, "1-200")
    successors = tuple(line.cells["successor"].split())
    if what in ("merge", "split") and (len(successors) == 1) != (what == "merge"):
        line.refuse("successor", "1" if what == "merge" else "2 3 4 …")
    try:
        order = msgspec.convert(line.cells["order"] or None, DocumentNumber | None)
    except msgspec.ValidationError:
        line.refuse("order", "12-NQ/ĐTN, 1326/2022-QĐ")
    given = line.cells
    return Change(
        what,
        line.code("code"),
        line.day("on"),
        line.name("name") if given["name"] else None,
        line.code("parent") if given["parent"] else None,
        line.code("new_code") if given["new_code"] else None,
        successors,
        line.kind("kind") if given["kind"] else None,
        line.level("level") if given["level"] else None,
        order,
    )
