"""A reorganisation before it is events: changes that name units by code, and the CSV that they are loaded from."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from events.errors import NguonError, UsageError
from flows.units.refusing import together
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
    "undo": (),
}
"""What can happen to a unit, and the columns that each needs besides code and on."""


@dataclass(frozen=True)
class Change:
    """What happens to a unit on a day; `line` is the one of the file that says so.

    `code` is the one that the unit bears on the day before (one that is established: from that day on; one that is
    revived: the last that it bore). `parent` and `successors` are codes as they stand on the day itself. A merger,
    split or dissolution of a unit for a day on which it ended already corrects that end; `undo` takes it back.
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
    line: int | None = field(default=None, compare=False)


def read_changes(path: Path) -> list[Change]:
    """The changes of a file as `changes_of` reads them. Raises UsageError `units_file_*`, or `units_refused`."""
    changes, wrong = changes_of(path)
    if wrong:
        raise together(wrong)
    return changes


def changes_of(path: Path) -> tuple[list[Change], list[NguonError]]:
    """The changes of a CSV file with the columns COLUMNS, in the file's order, and what is wrong in it.

    Successors are separated by spaces. Raises UsageError `units_file_*` for what is no such file.
    """
    lines = list(read_lines(path, COLUMNS))
    if not lines:
        raise UsageError("units_file_empty", file=path.name)
    changes = [_change(line) for line in lines]
    right = [change for change, line in zip(changes, lines, strict=True) if not line.problems]
    return right, [problem for line in lines for problem in line.problems]


def _change(line: Line) -> Change:
    given = line.cells
    what = given["change"].lower()
    if what not in NEEDED:
        line.refuse("change")
    for column in NEEDED.get(what, ()):
        if not given[column]:
            line.note("units_file_lacks", column=column, change=what)
    successors = tuple(line.successors("successor"))
    if what in ("merge", "split") and successors and (len(successors) == 1) != (what == "merge"):
        line.refuse("successor", f"successor_{what}")
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
        line.order("order") if given["order"] else None,
        line.number,
    )
