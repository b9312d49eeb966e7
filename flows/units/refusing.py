"""What keeps changes of units from being recorded: all of it at once, each with the line that it is about."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from events.errors import NguonError, RefusedError, UsageError
from flows.units.events import ENDS, UnitEvent, fact_of
from schemas.messages.translation import Message
from schemas.units.past import Past
from schemas.units.rules import Problem
from schemas.vocabulary.terms import UNIT_KIND

Lines = Mapping[UnitEvent, int]
"""From which line of a file each event comes."""

MISSING_MOVE = "unit_superior_outside_life"
"""The problem of a unit that still stands under one that ended: it must be moved."""


def together(problems: Sequence[NguonError]) -> NguonError:
    """One error for all; a problem that is alone stands for itself."""
    if len(problems) == 1:
        return problems[0]
    kind = UsageError if any(isinstance(problem, UsageError) for problem in problems) else RefusedError
    error = kind("units_refused", count=len(problems))
    error.parts = problems
    return error


def refusals(problems: Iterable[Problem], past: Past, lines: Lines) -> list[RefusedError]:
    """Each problem once, in the order of the file: units by the code and name that they bore on the day before."""
    found: dict[tuple[str, str, str | None, date | None], RefusedError] = {}
    for problem in sorted(problems, key=lambda problem: problem.on):
        # Who stands under a unit that ended does so from then on, whatever else becomes known for later days.
        day = None if problem.key == MISSING_MOVE else problem.on
        said = (problem.key, problem.unit, problem.other, day)
        if said not in found:
            found[said] = _refusal(problem, past, _line(problem, lines))
    return sorted(
        found.values(), key=lambda error: (int(str(error.details.get("line", 0))), str(error.details["unit"]))
    )


def _refusal(problem: Problem, past: Past, line: int | None) -> RefusedError:
    details: dict[str, object] = {
        "unit": past.called("code", problem.unit, problem.on),
        "name": past.called("name", problem.unit, problem.on),
        "on": problem.on.isoformat(),
    }
    if problem.other is not None:
        details["other"] = past.called("code", problem.other, problem.on)
        details["other_name"] = past.called("name", problem.other, problem.on)
        if problem.key == MISSING_MOVE:
            heir = past.heir(problem.other, problem.on)
            details["parent"] = "?" if heir is None else str(past.at("code", heir, problem.on) or "?")
    for key, value in problem.says.items():
        if key in ("kind", "other_kind"):
            details[key] = UNIT_KIND.terms[str(value)]
        elif key == "state":
            details[key] = Message(f"cli.units.state.{value}", {"day": _written(problem.says["day"])})
        elif key == "what":
            details[key] = Message(f"cli.units.what_is_known.{value}")
        else:
            details[key] = _written(value)
    if line is not None:
        details["line"] = line
    return RefusedError(problem.key, **details)


def _written(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _line(problem: Problem, lines: Lines) -> int | None:
    """The line of what is at fault; else that by which the unit or the other ends; else any about either."""

    def first(of: Callable[[UnitEvent], bool]) -> int | None:
        return next((line for event, line in lines.items() if of(event)), None)

    def ends(event: UnitEvent) -> bool:
        return isinstance(event, ENDS)

    searched: list[Callable[[UnitEvent], bool]] = [
        lambda event: problem.fact is not None and fact_of(event) == problem.fact,
        lambda event: problem.key == MISSING_MOVE and event.unit == problem.other and ends(event),
        lambda event: (event.unit, event.on) == (problem.unit, problem.on) and ends(event),
        lambda event: (event.unit, event.on) == (problem.unit, problem.on),
        lambda event: event.unit == problem.other and ends(event),
        lambda event: event.unit in (problem.unit, problem.other),
    ]
    return next((line for of in searched if (line := first(of)) is not None), None)
