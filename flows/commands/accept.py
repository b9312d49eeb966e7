"""`nguon accept`: the level above accepts returns."""

from typing import Annotated

from cyclopts import Parameter

from flows.commands.parameters import AnyUnit, PeriodOf
from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import LANGUAGE, explain, say


def accept(
    submissions: Annotated[list[str] | None, Parameter(help=explain("submission_id"), negative=())] = None,
    /,
    *,
    all: Annotated[PeriodOf | None, Parameter(help=explain("accept_all"), show_default=False)] = None,
    unit: AnyUnit = None,
) -> Answer:
    """Accept submissions, or with `all` every one of a period that waits for it, of a unit and those under it.

    Raises UsageError `nothing_to_accept`, `unknown_unit`; exit code 1 when any is refused.
    """
    from events.errors import UsageError
    from flows import reviewing
    from flows.ready import ready
    from flows.terminal.screen import progress
    from schemas.messages.translation import text

    if bool(submissions) == bool(all):
        raise UsageError("nothing_to_accept")
    context = ready()
    wanted = [one.lower() for one in submissions or ()] or reviewing.waiting(context, all, unit)  # type: ignore[arg-type]
    with progress(say("accept.progress", count=len(wanted))) as tell:
        found = reviewing.accept(context, wanted, tell)
    refused = [one for one in found if one.refused]
    parts: list[Part] = [say("accept.done", count=len(found) - len(refused))]
    if refused:
        rows = [
            (one.submission, text(f"error.{one.refused.key}", LANGUAGE, **one.refused.details))
            for one in refused
            if one.refused
        ]
        parts.append(Table([say("accept.submission"), say("submit.why")], rows))
    data = {
        "accepted": [one.submission for one in found if not one.refused],
        "refused": [{"submission": one.submission, "reason": one.refused.key} for one in refused if one.refused],
    }
    return Answer(data, parts, exit_code=1 if refused else 0)
