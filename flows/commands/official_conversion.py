"""How `nguon units import` answers where it converted units that were known: what an officer has to decide."""

from typing import TYPE_CHECKING

from flows.commands import units_shown
from flows.commands.units_told import told
from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import day, say

if TYPE_CHECKING:
    from flows.units.conversions import Converted
    from flows.units.namesakes import Confusion, OldCommune
    from flows.units.official_conversion import Conversion


def answer(made: "Converted", *, preview: bool) -> Answer:
    """What was recorded, or would be; the units that stand nowhere yet; the parts that the lists confuse."""
    from flows.units.official_conversion import ON

    said = "would_convert" if preview else "converted" if made.events else "converted_before"
    parts: list[Part] = [say(f"units.{said}", province=made.of.name, events=made.events)]
    if made.unplaced:
        parts.append(say("units.unplaced", count=len(made.unplaced), on=day(ON)))
        headings = [say("units.unit"), say("units.code")]
        parts.append(Table(headings, [(unit.name, unit.code) for unit in made.unplaced]))
    if made.doubtful:
        parts.append(say("units.doubtful", count=len(made.doubtful), on=day(ON)))
        headings = [say(f"units.doubtful_{key}") for key in ("commune", "left_out", "km", "namesake", "goes")]
        parts.append(Table(headings, [_row(made.of, each) for each in made.doubtful], numbers=(2,)))
    if made.plan and (made.plan.new or made.plan.problems):
        parts += units_shown.of_plan(made.plan)
    data = {
        "events": made.events,
        "unplaced": [told(unit) for unit in made.unplaced],
        "doubtful": [
            {
                "code": each.old.code,
                "left_out": each.new,
                "km": each.km,
                "namesake": each.namesake.code,
                "goes": made.of.goes(each.old.code),
            }
            for each in made.doubtful
        ],
    }
    if made.plan:
        return Answer(data | units_shown.for_machines(made.plan), parts, units_shown.exit_code(made.plan))
    return Answer(data, [*parts, say("units.next")])


def _row(of: "Conversion", each: "Confusion") -> tuple[str, ...]:
    names = {commune.code: commune.name for commune in of.communes}
    goes = ", ".join(f"{names[code]} ({code})" for code in of.goes(each.old.code))
    km = "" if each.km is None else str(each.km)
    return (_old(each.old), f"{names[each.new]} ({each.new})", km, _old(each.namesake), goes)


def _old(commune: "OldCommune") -> str:
    return f"{commune.name} ({commune.code}), {commune.district}"
