"""`nguon close`: checks the data of a period and compiles every report of it."""

from flows.commands.parameters import AnyUnit, PeriodOf
from flows.terminal.answer import Answer, Table
from flows.terminal.wording import say


def close(period: PeriodOf, /, *, unit: AnyUnit = None) -> Answer:
    """Check, compile and record the reports of a period, for `unit` and those under it, or for the whole tree.

    Raises UsageError `period_running`, `unknown_unit`, `no_units`; RefusedError `quality_failed`.
    """
    from events.errors import UsageError
    from flows import closing
    from flows.calendar import today
    from flows.quality import check_quality, require_quality
    from flows.ready import ready
    from flows.terminal.screen import progress, waiting
    from warehouse import hierarchy
    from warehouse.projections import project

    context = ready()
    if period.last >= today(context.settings):
        raise UsageError("period_running", period=period.code, last=period.last)
    position = project.project(context.engine)
    with context.engine.connect() as connection:
        root = hierarchy.unit_by_code(connection, unit, period.last, position) if unit else None
        if not hierarchy.tree(connection, period.last, position):
            raise UsageError("no_units", on=period.last)
    with waiting(say("close.checking", period=period.code)):
        result = check_quality(context, period)
    require_quality(result)
    with progress(say("close.compiling", period=period.code)) as told:
        closed = closing.close(context, period, root, told)
    rows = [
        (say(f"close.{key}"), str(value)) for key, value in (("reports", closed.reports), ("position", closed.position))
    ]
    return Answer(
        {"period": period.code, "reports": closed.reports, "position": closed.position, "quality": result.site},
        [
            say("close.done", period=period.code),
            Table([say("close.what"), say("close.value")], [*rows, (say("close.quality"), str(result.site))]),
            say("close.next", period=period.code),
        ],
    )
