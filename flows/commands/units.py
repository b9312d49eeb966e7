"""`nguon units`: the tree, from the packaged official lists or from a CSV, and a picture of it on a date."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from events.errors import UsageError
from flows.commands import official_conversion, units_past, units_shown
from flows.commands.parameters import AnyUnit, Day, File
from flows.commands.units_told import told
from flows.terminal.answer import Answer, Table
from flows.terminal.help import titled
from flows.terminal.wording import LANGUAGE, day, explain, say

if TYPE_CHECKING:
    from warehouse.hierarchy import Unit

app = titled(App(name="units"))
app.command(units_past.diff, help=explain("units_diff"))
app.command(units_past.history, help=explain("units_history"))


@app.command(name="import", help=explain("units_import"))
def import_(
    province: Annotated[str, Parameter(help=explain("province"))],
    /,
    *,
    on: Annotated[Day, Parameter(help=explain("import_on"))] = None,
    preview: Annotated[bool, Parameter(help=explain("import_preview"), negative="")] = False,
) -> Answer:
    """The province, its districts and communes from the official lists.

    Where what the province is made of is known from before the district level ended, its conversion is recorded.
    Raises UsageError `unknown_province`, `units_day_needed` without a day.
    """
    from flows.ready import ready
    from flows.units import conversions, loading, planning
    from flows.units.official import TWO_LEVELS_SINCE, official_units

    if on is None:
        raise UsageError("units_day_needed", province=province, ended=TWO_LEVELS_SINCE.isoformat())
    context = ready()
    if on >= TWO_LEVELS_SINCE and (made := conversions.convert(context, province, preview=preview)) is not None:
        return official_conversion.answer(made, preview=preview)
    rows = loading.under_the_central_union(context, official_units(province, on))
    if preview:
        plan = planning.preview_of(context, loading.resolved(context, rows))
        parts = [say("units.would_load", units=len(rows), on=day(on)), *units_shown.of_plan(plan)]
        data = {"units": len(rows), **units_shown.for_machines(plan)}
        return Answer(data, parts, units_shown.exit_code(plan))
    return _loaded(len(rows), loading.load(context, rows))


@app.command(help=explain("units_load"))
def load(
    csv: File, /, *, preview: Annotated[bool, Parameter(help=explain("units_preview"), negative=())] = False
) -> Answer:
    """Units or a reorganisation of a CSV file, recorded or only looked at.

    Raises UsageError `units_file_*`, `unknown_superior`, `unknown_unit`, and RefusedError where a change is impossible;
    `units_refused` where several things are wrong.
    """
    from flows.ready import ready
    from flows.units import planning
    from flows.units.rows import column_names

    if preview:
        looked = planning.preview(ready(), csv)
        data = {"lines": looked.lines, **units_shown.for_machines(looked)}
        return Answer(data, list(units_shown.of_plan(looked)), units_shown.exit_code(looked))
    plan = planning.load_file(ready(), csv)
    if "change" in column_names(csv):
        return Answer(
            {"changes": plan.lines, "events": len(plan.new)},
            [say("units.changed" if plan.new else "units.unchanged", changes=plan.lines, events=len(plan.new))],
        )
    return _loaded(plan.lines, len(plan.new))


@app.command(name=("tree", "list"), help=explain("units_list"))
def tree(*, on: Day = None, under: AnyUnit = None) -> Answer:
    """The tree on a date (today), or the part of it under a unit; raises UsageError `unknown_unit`."""
    from flows.calendar import today
    from flows.ready import ready
    from warehouse import hierarchy
    from warehouse.projections import project

    context = ready()
    on = on or today(context)
    position = project.project(context.engine)
    with context.engine.connect() as connection:
        root = hierarchy.unit_by_code(connection, under, on, position) if under else None
        units = hierarchy.tree(connection, on, position, root)
    data = {"on": on, "position": position, "units": [told(unit) for unit in units]}
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


def _loaded(units: int, events: int) -> Answer:
    return Answer(
        {"units": units, "events": events},
        [say("units.loaded" if events else "units.known", units=units, events=events), say("units.next")],
    )


def _kind(unit: "Unit") -> str:
    from schemas.vocabulary.terms import UNIT_KIND

    return UNIT_KIND.terms[unit.kind](LANGUAGE)
