"""`nguon report`: a unit's report on a period, as a document."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from flows.commands.parameters import AsOf, PeriodOf, TreeOn, UnitCode
from flows.terminal.answer import Answer
from flows.terminal.wording import LANGUAGE, explain, say


def report(
    unit: UnitCode,
    period: PeriodOf,
    /,
    *,
    format: Annotated[Literal["xlsx", "docx", "pdf", "html", "json"], Parameter(help=explain("format"))] = "xlsx",
    as_of: AsOf = None,
    tree_on: TreeOn = None,
    output: Annotated[Path | None, Parameter(help=explain("output"), show_default=False)] = None,
) -> Answer:
    """Write the report that was issued, or a preliminary one: `<unit code> <period>.<format>` in the current folder.

    Raises UsageError `unknown_unit`, `unknown_position`, `nothing_known`; NguonError `file_unwritable`.
    """
    from flows import reporting
    from flows.moments import position_at
    from flows.ready import ready
    from flows.terminal.screen import waiting
    from reports.content.compiling import encode
    from reports.content.view import look
    from reports.render import render

    context = ready()
    with waiting(say("report.compiling")):
        content = reporting.report(context, unit, period, position_at(context, as_of), tree_on)
        document = render(content, format, LANGUAGE)
    path = output or Path()
    if path.is_dir():
        path /= f"{content['unit']['code']} {period.code}.{format}"
    reporting.write(path, document)
    status, position, digest = content["status"], content["position"], encode(content)[1]
    beyond = [say("report.beyond", count=len(content["beyond"]))] if "beyond" in content else []
    view = look(content, LANGUAGE)
    return Answer(
        {
            "path": path.absolute(),
            "status": status,
            "position": position,
            "tree_on": content["tree_on"],
            "content_hash": digest,
        },
        [
            say(f"report.{status}", path=path, unit=content["unit"]["name"], period=period.code, position=position),
            *([view.issued] if view.issued else []),
            *beyond,
            say("report.next", figure=view.example),
        ],
    )
