"""`nguon nominees`: those whom somebody has to take over, by id, unit and step; no names."""

from typing import TYPE_CHECKING

from flows.commands.parameters import AnyUnit, Day
from flows.terminal.answer import Answer, Table
from flows.terminal.wording import LANGUAGE, day, say

if TYPE_CHECKING:
    from warehouse.returns.taking_over import ToTakeOver


def nominees(*, unit: AnyUnit = None, on: Day = None) -> Answer:
    """Who was handed over and not received yet, and whom a unit left behind that ended.

    Raises UsageError `unknown_unit`.
    """
    from flows.calendar import today
    from flows.ready import ready
    from warehouse import hierarchy
    from warehouse.hierarchy.history import last_codes
    from warehouse.projections import project
    from warehouse.returns.taking_over import to_take_over

    context = ready()
    on, position = on or today(context), project.project(context.engine)
    with context.engine.connect() as connection:
        root = hierarchy.unit_by_code(connection, unit, on, position) if unit else None
        found = to_take_over(connection, on, position, root)
        codes = last_codes(connection, {id_ for one in found for id_ in (one.unit, *_waits(one))}, position)
    data = {"on": on, "position": position, "nominees": [_told(one, codes) for one in found]}
    if not found:
        return Answer(data, [say("nominees.none", on=day(on))])
    headings = [say(f"nominees.{key}") for key in ("subject", "step", "on", "unit", "waits", "why")]
    return Answer(
        data,
        [
            say("nominees.count", count=len(found), on=day(on)),
            Table(headings, [_row(one, codes) for one in found]),
            say("nominees.remedy"),
        ],
    )


def _waits(one: "ToTakeOver") -> list[str]:
    """The unit that is waited for: the receiver, or the nearest above where that is a line of who has ended."""
    return list(one.path[-2:-1] if one.undecidable else one.path[-1:])


def _told(one: "ToTakeOver", codes: dict[str, str]) -> dict[str, object]:
    return {
        "subject": one.subject,
        "step": one.step,
        "on": one.on,
        "unit": codes[one.unit],
        "waits_for": next((codes[unit] for unit in _waits(one)), None),
        "handed_over_on": one.handed_over_on,
    }


def _row(one: "ToTakeOver", codes: dict[str, str]) -> tuple[str, ...]:
    from schemas.vocabulary.steps import STEPS

    waits = next((codes[unit] for unit in _waits(one)), "")
    handed_over = one.handed_over_on and say("nominees.handed_over", on=day(one.handed_over_on))
    why = handed_over or say("nominees.left_behind")
    return (one.subject, STEPS[one.step].title(LANGUAGE), day(one.on), codes[one.unit], waits, why)
