"""`nguon policy`: what an office lays down, from a day on; set and listed."""

from typing import Annotated

from cyclopts import App, Parameter

from flows.commands.parameters import AnyUnit, DayOf
from flows.terminal.answer import Answer, Table
from flows.terminal.help import titled
from flows.terminal.wording import LANGUAGE, day, explain, say

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

    position = policies.lay_down(ready(), name, value, start, unit=unit, form=form, kind=kind, order=order)
    told = say("policy.done", name=name, value=policies.title(name, value, LANGUAGE), day=day(start), position=position)
    return Answer({"policy": name, "value": value, "from": start, "position": position}, [told])


@app.command(name="list", help=explain("policy_list"))
def list_() -> Answer:
    """Every value that was laid down, the newest first."""
    from flows import policies
    from flows.ready import ready

    found = policies.laid_down(ready())
    rows = [
        (
            one.policy,
            policies.title(one.policy, one.value, LANGUAGE),
            day(one.on),
            one.unit_code or "",
            one.form or "",
            one.kind or "",
            one.order or "",
        )
        for one in found
    ]
    headings = [say(f"policy.{key}") for key in ("name", "value", "from", "unit", "form", "kind", "order")]
    data = {"policies": [one._asdict() for one in found]}
    return Answer(data, [Table(headings, rows) if rows else say("policy.none")])
