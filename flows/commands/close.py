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

    context = ready()
    if period.last >= today(context.settings):
        raise UsageError("period_running", period=period.code, last=period.last)
    root = closing.find_root(context, period, unit)
    with waiting(say("close.checking", period=period.code)):
        result = check_quality(context, period)
    position = require_quality(result)
    with progress(say("close.compiling", period=period.code)) as tell:
        closed = closing.close(context, period, root, position, tell)
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
