"""`nguon policy`: what an office lays down, from a day on; set and listed."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from flows.commands.parameters import AnyUnit, Day, DayOf
from flows.terminal.answer import Answer, Part, Table
from flows.terminal.help import titled
from flows.terminal.wording import LANGUAGE, day, explain, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flows.policies import Listed

app = titled(App(name="policy"))


@app.command(name="set", help=explain("policy_set"))
def set_(
    name: Annotated[str, Parameter(help=explain("policy_name"))],
    value: Annotated[str, Parameter(help=explain("policy_value"))],
    /,
    *,
    start: Annotated[DayOf, Parameter(name="--from", help=explain("policy_from"))],
    unit: AnyUnit = None,
    form: Annotated[str | None, Parameter(help=explain("policy_form"), show_default=False)] = None,
    kind: Annotated[str | None, Parameter(help=explain("policy_kind"), show_default=False)] = None,
    order: Annotated[str | None, Parameter(help=explain("policy_order"), show_default=False)] = None,
) -> Answer:
    """Lay down a value. Raises what `flows.policies.lay_down` does."""
    from flows import policies
    from flows.ready import ready
    from schemas.policies.catalogue import POLICIES

    position = policies.lay_down(ready(), name, value, start, unit=unit, form=form, kind=kind, order=order)
    words = policies.in_words(POLICIES[name], value, LANGUAGE)
    title = POLICIES[name].title(LANGUAGE)
    told = say("policy.done", name=title, value=words, day=day(start), position=position)
    return Answer({"policy": name, "value": value, "from": start, "position": position}, [told, say("policy.next")])


@app.command(name="list", help=explain("policy_list"))
def list_(*, unit: AnyUnit = None, on: Day = None) -> Answer:
    """What holds on a day (today), for everybody or for a unit; then all that was laid down, the newest first."""
    from flows import policies
    from flows.calendar import today
    from flows.ready import ready

    context = ready()
    on = on or today(context)
    found = policies.listed(context, on, unit)
    held = [say(f"policy.{key}") for key in ("name", "title", "value", "from", "order")]
    parts: list[Part] = [say("policy.holds", day=day(on)), Table(held, [_in_force(one) for one in found])]
    if laid_down := [row for one in found for row in _laid_down(one)]:
        headings = [say(f"policy.{key}") for key in ("name", "value", "from", "unit", "form", "kind", "order")]
        parts += [say("policy.laid_down"), Table(headings, laid_down)]
    data = {"on": on, "policies": [_as_data(one) for one in found]}
    return Answer(data, [*parts, say("policy.how")])


def _in_force(one: "Listed") -> "Sequence[str]":
    title = one.policy.title(LANGUAGE)
    if one.in_force is None:
        return (one.policy.name, title, say("policy.by_form"), "", "")
    by = one.in_force.by
    since = day(one.in_force.since) if by else say("policy.usual")
    return (one.policy.name, title, one.policy.words(one.in_force.value, LANGUAGE), since, (by and by.order) or "")


def _laid_down(one: "Listed") -> "list[Sequence[str]]":
    from flows.policies import in_words

    return [
        (
            one.policy.name,
            in_words(one.policy, said.value, LANGUAGE),
            day(said.on),
            one.codes.get(said.unit or "", ""),
            said.form or "",
            said.kind or "",
            said.order or "",
        )
        for said in one.laid_down
    ]


def _as_data(one: "Listed") -> dict[str, object]:
    held = one.in_force
    laid_down = [
        {"value": s.value, "from": s.on, "unit": one.codes.get(s.unit or ""), "form": s.form, "kind": s.kind}
        | {"order": s.order, "position": s.position}
        for s in one.laid_down
    ]
    return {
        "policy": one.policy.name,
        "title": one.policy.title(LANGUAGE),
        "value": held and one.policy.words(held.value, LANGUAGE),
        "from": held and held.by and held.since,
        "order": held and held.by and held.by.order,
        "written": one.policy.written(LANGUAGE),
        "of": one.policy.of,
        "laid_down": laid_down,
    }
