"""`nguon units`: the tree, from the packaged official lists or from a CSV, and a picture of it on a date."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from flows.commands import units_past
from flows.commands.parameters import AnyUnit, Day, File
from flows.terminal.answer import Answer, Part, Table
from flows.terminal.help import titled
from flows.terminal.wording import LANGUAGE, day, explain, say

if TYPE_CHECKING:
    from pathlib import Path

    from flows.units.rows import UnitRow
    from warehouse.hierarchy import Unit

app = titled(App(name="units"))
app.command(units_past.diff, help=explain("units_diff"))
app.command(units_past.history, help=explain("units_history"))


@app.command(name="import", help=explain("units_import"))
def import_(province: Annotated[str, Parameter(help=explain("province"))], /, *, on: Day = None) -> Answer:
    """The province, its districts and communes from the official lists; raises UsageError `unknown_province`.

    Where what the province is made of is known from before the district level ended, its conversion is recorded.
    """
    from flows.ready import ready
    from flows.units import conversions
    from flows.units.official import TWO_LEVELS_SINCE, official_units

    context = ready()
    if on and on >= TWO_LEVELS_SINCE and (converted := conversions.convert(context, province)) is not None:
        parts: list[Part] = [
            say("units.converted", province=converted.name, events=converted.events)
            if converted.events
            else say("units.converted_before", province=converted.name)
        ]
        if converted.unplaced:
            parts.append(say("units.unplaced", count=len(converted.unplaced), on=day(TWO_LEVELS_SINCE)))
            headings = [say("units.unit"), say("units.code")]
            parts.append(Table(headings, [(unit.name, unit.code) for unit in converted.unplaced]))
        data = {"events": converted.events, "unplaced": [_told(unit) for unit in converted.unplaced]}
        return Answer(data, [*parts, say("units.next")])
    return _load(official_units(province, on) if on else official_units(province))


@app.command(help=explain("units_load"))
def load(csv: File, /) -> Answer:
    """Units or a reorganisation of a CSV file.

    Raises UsageError `units_file_*`, `unknown_superior`, `unknown_unit`, and RefusedError where a change is impossible.
    """
    from flows.units.rows import column_names, read_csv

    if "change" in column_names(csv):
        return _reorganise(csv)
    return _load(read_csv(csv))


@app.command(name=("tree", "list"), help=explain("units_list"))
def tree(*, on: Day = None, under: AnyUnit = None) -> Answer:
    """The tree on a date (today), or the part of it under a unit; raises UsageError `unknown_unit`."""
    from flows.calendar import today
    from flows.ready import ready
    from warehouse import hierarchy
    from warehouse.projections import project

    context = ready()
    on = on or today(context.settings)
    position = project.project(context.engine)
    with context.engine.connect() as connection:
        root = hierarchy.unit_by_code(connection, under, on, position) if under else None
        units = hierarchy.tree(connection, on, position, root)
    data = {"on": on, "position": position, "units": [_told(unit) for unit in units]}
    if not units:
        return Answer(data, [say("units.none", on=day(on))])
    headings = [say(f"units.{key}") for key in ("unit", "code", "kind")]
    rows = [(picture, unit.code, _kind(unit)) for picture, unit in zip(pictures(units), units, strict=True)]
    return Answer(data, [Table(headings, rows), say("units.count", count=len(units), on=day(on))])


def pictures(units: Sequence["Unit"]) -> Iterator[str]:
    """The names of units, which come depth first, behind the branches of a drawn tree."""
    top = units[0].depth
    last = {unit.path[:-1]: unit.unit for unit in units}  # the last child of each path
    for unit in units:
        trunk = "".join(
            "   " if last[unit.path[:depth]] == unit.path[depth] else "│  " for depth in range(top + 1, unit.depth)
        )
        branch = "" if unit.depth == top else "└─ " if last[unit.path[:-1]] == unit.unit else "├─ "
        yield f"{trunk}{branch}{unit.name}"


def _reorganise(csv: "Path") -> Answer:
    from flows.ready import ready
    from flows.units.changes import record
    from flows.units.reorganisation import read_changes
    from flows.units.resolving import resolve

    context = ready()
    changes = read_changes(csv)
    recorded = record(context, resolve(context, changes))
    return Answer(
        {"changes": len(changes), "events": recorded},
        [say("units.changed" if recorded else "units.unchanged", changes=len(changes), events=recorded)],
    )


def _load(rows: Sequence["UnitRow"]) -> Answer:
    from flows.ready import ready
    from flows.units import loading as units

    recorded = units.load(ready(), rows)
    return Answer(
        {"units": len(rows), "events": recorded},
        [say("units.loaded" if recorded else "units.known", units=len(rows), events=recorded), say("units.next")],
    )


def _kind(unit: "Unit") -> str:
    from schemas.vocabulary.terms import UNIT_KIND

    return UNIT_KIND.terms[unit.kind](LANGUAGE)


def _told(unit: "Unit") -> dict[str, object]:
    return {key: getattr(unit, key) for key in ("unit", "parent", "code", "name", "kind", "level", "depth")}
