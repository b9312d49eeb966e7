"""`nguon template`: a workbook for one unit and one quarter, to fill in and submit."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.commands.parameters import PeriodOf, UnitCode
from flows.terminal.answer import Answer
from flows.terminal.wording import LANGUAGE, day, explain, say


def template(
    unit: UnitCode,
    period: PeriodOf,
    /,
    *,
    output: Annotated[Path | None, Parameter(help=explain("output"), show_default=False)] = None,
    force: Annotated[bool, Parameter(help=explain("force"), negative=(), show_default=False)] = False,
) -> Answer:
    """Write the form of a unit and a quarter, `<unit code> <period>.xlsx` in the current folder unless told otherwise.

    Raises UsageError `period_not_quarter`, `unknown_unit`; RefusedError `file_exists`; NguonError `file_unwritable`.
    """
    from events.errors import UsageError
    from flows.ready import ready
    from schemas.forms.quarterly import QUARTERLY
    from schemas.templates.template import workbook
    from warehouse import hierarchy
    from warehouse.projections import project

    if period.kind != "quarter":
        raise UsageError("period_not_quarter", period=period.code)
    context = ready()
    position = project.project(context.engine)
    with context.engine.connect() as connection:
        wanted = hierarchy.unit_by_code(connection, unit, period.last, position)
        found = hierarchy.tree(connection, period.last, position, wanted)[0]
    path = output or Path()
    if path.is_dir():
        path /= f"{found.code} {period.code}.xlsx"
    content = workbook(QUARTERLY, found.unit, found.code, found.name, period, language=LANGUAGE)
    _write(path, content, force=force)
    return Answer(
        {"path": path.absolute(), "unit": found.code, "name": found.name, "period": period.code, "due": period.due},
        [
            say("template.written", path=path, unit=found.name, period=period.code),
            say("template.next", due=day(period.due), path=path),
        ],
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
