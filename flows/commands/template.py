"""`nguon template`: the workbook that a unit owes for a period, to fill in and submit."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.commands.parameters import PeriodOf, UnitCode
from flows.terminal.answer import Answer
from flows.terminal.wording import LANGUAGE, day, explain, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from schemas.forms.form import Form
    from schemas.forms.prefill import Beforehand
    from schemas.periods import Period
    from warehouse.hierarchy.in_period import Bearer


def template(
    unit: UnitCode,
    period: PeriodOf,
    /,
    *,
    form: Annotated[str | None, Parameter(help=explain("form"), show_default=False)] = None,
    output: Annotated[Path | None, Parameter(help=explain("output"), show_default=False)] = None,
    force: Annotated[bool, Parameter(help=explain("force"), negative=(), show_default=False)] = False,
) -> Answer:
    """Write the form that a unit owes for a period, `<unit code> <period>.xlsx` in the current folder unless told so.

    Where it owes several, `form` says which; its key then stands in the file's name too. Raises UsageError
    `unknown_unit`, `form_owed_none`, `form_ambiguous`; RefusedError `file_exists`; NguonError `file_unwritable`.
    """
    from flows.ready import ready
    from schemas.forms.family import keys, newest, owed
    from schemas.forms.owing import counted_until, days, owes
    from schemas.policies.vocabularies import IN_USE
    from schemas.templates.template import LaidDown, workbook
    from warehouse import policies
    from warehouse.hierarchy.chains import chains
    from warehouse.hierarchy.in_period import bearer
    from warehouse.projections import project

    context = ready()
    position = project.project(context.engine)
    with context.engine.connect() as connection:
        found = bearer(connection, unit, period, position)
        rules = policies.rules(connection, position)
        above = chains(connection, [(found.unit, period.last)], position)[found.unit, period.last]
        fitting = owed(found.kind, period, rules, above)
        ever = [
            one
            for one in map(newest, keys())
            if owes(one, replace(period, kind=one.duty.periods), found.kind, rules, above)
        ]
        wanted = _form(found, period, form, fitting, ever)
        laid_down = LaidDown(
            days(wanted, period, rules, above, found.kind),
            counted_until(period, rules, above[-1:]),
            {key: rules.in_force(policy, period.last, above[-1:]).value for key, policy in IN_USE.items()},
        )
        rows = wanted.prefill(_beforehand(connection, found, period, position)) if wanted.prefill else None
    path = output or Path()
    if path.is_dir():
        several = f" {wanted.key}" if len(fitting) > 1 else ""
        path /= f"{found.code} {period.code}{several}.xlsx"
    content = workbook(wanted, found.unit, found.code, found.name, period, rows, LANGUAGE, laid_down)
    _write(path, content, force=force)
    due = laid_down.days.due
    return Answer(
        {
            "path": path.absolute(),
            "unit": found.code,
            "name": found.name,
            "period": period.code,
            "form": wanted.key,
            "due": due,
        },
        [
            say("template.written", path=path, form=wanted.title(LANGUAGE), unit=found.name, period=period.code),
            say("template.next", due=day(due), path=path),
        ],
    )


def _form(unit: "Bearer", period: "Period", key: str | None, owed: "Sequence[Form]", ever: "Sequence[Form]") -> "Form":
    from events.errors import UsageError

    fitting = [form for form in owed if key in (None, form.key)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        listed = ", ".join(form.key for form in fitting)
        raise UsageError("form_ambiguous", unit=unit.code, period=period.code, owed=listed)
    listed = ", ".join(f"{form.key} ({say(f'template.{form.duty.periods}')})" for form in ever)
    raise UsageError("form_owed_none", unit=unit.code, period=period.code, owed=listed or say("template.nothing"))


def _beforehand(connection: "Connection", unit: "Bearer", period: "Period", position: int) -> "Beforehand":
    """The units below, as they stand when this one stood last in the period, and their nomination criterion."""
    from reports.content.compiling import compile_period
    from schemas.forms.prefill import Beforehand, UnitBelow
    from schemas.vocabulary.terms import CRITERION_GRADES
    from warehouse import hierarchy

    root = hierarchy.root_of(connection, unit.unit, period.last, position)
    compiled = compile_period(connection, period, position, root=root)

    def criterion(of: str) -> str | None:
        grade = compiled.figure(of, "nomination_grade")
        return None if grade is None else CRITERION_GRADES[int(grade)](LANGUAGE)

    tree = hierarchy.tree(connection, unit.last_day, position, unit.unit)
    kinds = {one.unit: one.kind for one in tree}
    return Beforehand(
        tuple(UnitBelow(u.code, u.name, u.kind, kinds.get(u.parent or ""), criterion(u.unit)) for u in tree[1:])
    )


def _write(path: Path, content: bytes, *, force: bool) -> None:
    from events.errors import NguonError, RefusedError
    from events.files import as_asked

    try:
        with as_asked(), path.open("wb" if force else "xb") as file:
            file.write(content)
    except FileExistsError:
        raise RefusedError("file_exists", path=path) from None
    except OSError as failure:
        raise NguonError("file_unwritable", path=path, reason=failure.strerror) from failure
