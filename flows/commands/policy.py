"""`nguon policy`: what an office lays down, from a day on; set and listed."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from flows.commands.parameters import AnyUnit, Day, DayOf
from flows.terminal.answer import Answer, Part, Table
from flows.terminal.help import titled
from flows.terminal.wording import LANGUAGE, day, explain, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
    from schemas.forms.family import newest
    from schemas.policies.catalogue import POLICIES
    from schemas.vocabulary.terms import UNIT_KIND

    made = policies.lay_down(ready(), name, value, start, unit=unit, form=form, kind=kind, order=order)
    words = policies.in_words(POLICIES[name], value, LANGUAGE)
    whose = [f"{made.unit.name} ({made.unit.code})"] if made.unit else [say("policy.everybody")]
    if form:
        whose.append(newest(form).title(LANGUAGE))
    if kind:
        whose.append(UNIT_KIND.terms[kind](LANGUAGE))
    title = POLICIES[name].title(LANGUAGE)
    told = say("policy.done", name=title, value=words, whose=", ".join(whose), day=day(start), position=made.position)
    data = {"policy": name, "value": value, "from": start, "unit": made.unit and made.unit.code, "form": form}
    return Answer({**data, "kind": kind, "order": order, "position": made.position}, [told, say("policy.next")])


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
    parts: list[Part] = [
        say("policy.holds", day=day(on)),
        Table(held, [row for one in found for row in _in_force(one)]),
    ]
    if laid_down := [row for one in found for row in _laid_down(one)]:
        headings = [say(f"policy.{key}") for key in ("name", "value", "from", "unit", "form", "kind", "order")]
        parts += [say("policy.laid_down"), Table(headings, laid_down)]
    data = {"on": on, "policies": [_as_data(one) for one in found]}
    return Answer(data, [*parts, say("policy.how")])


def _in_force(one: "Listed") -> "Iterator[Sequence[str]]":
    from schemas.policies.vocabularies import IN_USE

    title = one.policy.title(LANGUAGE)
    if not one.held:
        said = say("policy.by_form") if one.policy.name == "recipients" else say("policy.by_kind")
        yield (one.policy.name, title, said, "", "")
    for form, held in one.held:
        words = one.policy.words(held.value, LANGUAGE)
        if isinstance(held.value, dict) and not held.by and one.policy in IN_USE.values():
            words = say("policy.entries", count=len(held.value))
        by = held.by
        since = day(held.since) if by else say("policy.usual")
        named = f"{title}: {form.title(LANGUAGE)}" if form else title
        yield (one.policy.name, named, words, since, (by and by.order) or "")


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
    laid_down = [
        {"value": s.value, "from": s.on, "unit": one.codes.get(s.unit or ""), "form": s.form, "kind": s.kind}
        | {"order": s.order, "position": s.position}
        for s in one.laid_down
    ]
    return {
        "policy": one.policy.name,
        "title": one.policy.title(LANGUAGE),
        "held": [
            {
                "form": form and form.key,
                "value": one.policy.words(held.value, LANGUAGE),
                "from": held.by and held.since,
                "order": held.by and held.by.order,
            }
            for form, held in one.held
        ],
        "written": one.policy.written(LANGUAGE),
        "of": one.policy.of,
        "laid_down": laid_down,
    }
