"""`nguon units diff` and `nguon units history`: what became of units."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.commands.parameters import AsOf, DayOf
from flows.commands.units_shown import grouped, kind_in_words
from flows.terminal.answer import Answer, Table
from flows.terminal.wording import day, explain, say

if TYPE_CHECKING:
    from flows.units.telling import Told


def diff(before: DayOf, after: DayOf, /, *, as_of: AsOf = None) -> Answer:
    """What is different about the tree on a later day, as known now or at a position."""
    from flows.moments import position_at
    from flows.ready import ready
    from flows.units.telling import differences
    from warehouse import hierarchy
    from warehouse.projections import project

    context = ready()
    reached = project.project(context.engine)
    position = position_at(context, as_of) or reached
    with context.engine.connect() as connection:
        old, new = (hierarchy.tree(connection, on, position) for on in (before, after))
        found = list(differences(connection, old, new, position, after))
    data = {"before": before, "after": after, "position": position, "differences": [asdict(one) for one in found]}
    counts = say("units.compared", before=day(before), was=len(old), after=day(after), now=len(new))
    if not found:
        return Answer(data, [say("units.same", before=day(before), after=day(after)), counts])
    return Answer(data, [counts, *grouped(found)])


def history(unit: Annotated[str, Parameter(help=explain("unit_ever"))], /, *, as_of: AsOf = None) -> Answer:
    """Everything recorded about the units that ever bore a code; raises UsageError `unknown_unit_ever`."""
    from flows.moments import position_at
    from flows.ready import ready
    from flows.units.telling import history as tell
    from warehouse.projections import project

    context = ready()
    reached = project.project(context.engine)
    position = position_at(context, as_of) or reached
    with context.engine.connect() as connection:
        told = tell(connection, unit, position)
    headings = [say(f"units.{key}") for key in ("on", "what", "says", "order", "position", "holds")]
    parts: list[str | Table] = []
    for one in dict.fromkeys(fact.unit for fact in told):
        rows = [
            (
                day(fact.on),
                say(f"units.event.{_label(fact)}"),
                _words(fact),
                fact.order or "",
                str(fact.position),
                say("units.withdrawn") if fact.withdrawn else "",
            )
            for fact in told
            if fact.unit == one
        ]
        newest = [fact for fact in told if fact.unit == one]
        code, name = (next(f.says[key] for f in reversed(newest) if key in f.says) for key in ("code", "name"))
        parts += [say("units.history_of", unit=one, code=code, name=name), Table(headings, rows, numbers=(4,))]
    return Answer({"events": [asdict(fact) for fact in told]}, parts)


def _label(fact: "Told") -> str:
    if "took_in" in fact.says:
        return "TookIn"
    return "Undone" if fact.undoes else fact.type


def _words(fact: "Told") -> str:
    said = dict(fact.units)
    if "kind" in said:
        said["kind"] = kind_in_words(said["kind"], said.pop("level"))
    if "parent" in said and fact.type != "UnitMoved":
        said["parent"] = say("units.under", unit=said["parent"])
    return ", ".join(said.values())
