"""Differences between trees, and what would come of a file, as people read them: by kind of change, with names."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from flows.terminal.answer import Part, Table
from flows.terminal.wording import LANGUAGE, day, problem, say, told

if TYPE_CHECKING:
    from events.errors import NguonError
    from flows.units.planning import Plan
    from flows.units.telling import Difference

_HEADINGS = {
    "merged": ("code", "unit", "followed_by"),
    "split": ("code", "unit", "followed_by"),
    "dissolved": ("code", "unit"),
    "succeeded": ("code", "unit", "was", "now"),
    "begun": ("code", "unit", "came_from"),
    "again": ("code", "unit"),
    "renamed": ("code", "was", "now"),
    "recoded": ("unit", "was", "now"),
    "reclassified": ("code", "unit", "was", "now"),
    "moved": ("code", "unit", "moved_from", "moved_to"),
}


def grouped(differences: Sequence["Difference"]) -> Iterator[Part]:
    """How many differences of each kind, then a table of each."""
    by_kind = {group: [one for one in differences if _group(one) == group] for group in _HEADINGS}
    counts = [f"{say(f'units.{what}')}: {len(found)}" for what, found in by_kind.items() if found]
    if counts:
        yield say("units.in_short", counts="; ".join(counts))
    for what, found in by_kind.items():
        if found:
            yield say("units.group", what=say(f"units.{what}").capitalize(), count=len(found))
            yield Table([say(f"units.{key}") for key in _HEADINGS[what]], [_row(one) for one in found])


def of_plan(plan: "Plan") -> Iterator[Part]:
    """What would come of a file, or what is wrong in it."""
    if plan.problems:
        yield say("units.preview_refused", lines=plan.lines, count=len(plan.problems))
        yield Table([say("units.line"), say("units.problem")], [_numbered(one) for one in plan.problems], numbers=(0,))
        if moves := missing_moves(plan.problems):
            yield say("units.missing", count=len(moves))
            headings = ("change", "code", "on", "parent", say("units.unit"), say("units.moved_from"))
            yield Table(
                headings, [("move", one["code"], one["on"], one["parent"], one["name"], one["under"]) for one in moves]
            )
        return
    yield say("units.preview" if plan.new else "units.preview_known", lines=plan.lines, events=len(plan.new))
    for of_day in plan.days:
        yield say("units.preview_day", on=day(of_day.on), was=of_day.was, now=of_day.now)
        yield from grouped(of_day.differences) if of_day.differences else [say("units.preview_same", on=day(of_day.on))]


def missing_moves(problems: Sequence["NguonError"]) -> list[dict[str, str]]:
    """The units that still stand under one that ended: rows for a file; `parent` is who took it in, else `?`."""
    from flows.units.refusing import MISSING_MOVE

    return [
        {
            "code": str(one.details["unit"]),
            "name": str(one.details["name"]),
            "on": str(one.details["on"]),
            "parent": str(one.details["parent"]),
            "under": f"{one.details['other_name']} ({one.details['other']})",
        }
        for one in problems
        if one.key == MISSING_MOVE
    ]


def for_machines(plan: "Plan") -> dict[str, object]:
    """The same for machines; `events` are those that would be recorded."""
    return {
        "events": 0 if plan.problems else len(plan.new),
        "problems": [problem(one) for one in plan.problems],
        "missing_moves": missing_moves(plan.problems),
        "days": [asdict(one) for one in plan.days],
    }


def exit_code(plan: "Plan") -> int:
    """What loading it would end with."""
    from flows.units.refusing import together

    return together(plan.problems).exit_code if plan.problems else 0


def _numbered(error: "NguonError") -> tuple[str, str]:
    line = error.details.get("line")
    return "" if line is None else str(line), told(error, with_line=False)


def _group(of: "Difference") -> str:
    if of.what != "ended":
        return of.what
    followers = len((of.now or "").split())
    return "dissolved" if followers == 0 else "merged" if followers == 1 else "split"


def _row(of: "Difference") -> tuple[str, ...]:
    match of.what:
        case "ended":
            return (of.code, of.name, *([of.now_units] if of.now_units else []))
        case "begun":
            return of.code, of.name, of.was_units or say("units.nothing_before")
        case "succeeded":
            return of.code, of.name, *(heirs or say("units.nobody") for heirs in (of.was_units, of.now_units))
        case "again":
            return of.code, of.name
        case "renamed":
            return of.code, of.was or "", of.now or ""
        case "recoded":
            return of.name, of.was or "", of.now or ""
        case "reclassified":
            return of.code, of.name, _class(of.was), _class(of.now)
        case "moved":
            return of.code, of.name, of.was_units or say("units.top"), of.now_units or say("units.top")


def _class(kind_and_level: str | None) -> str:
    kind, _, level = (kind_and_level or "").partition(" ")
    return kind_in_words(kind, level)


def kind_in_words(kind: str, level: str) -> str:
    """A kind and level as people say them."""
    from schemas.vocabulary.terms import UNIT_KIND

    return say("units.class", kind=UNIT_KIND.terms[kind](LANGUAGE), level=level)
