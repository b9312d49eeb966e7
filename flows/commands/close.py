"""`nguon close`: checks the data of a period and compiles every report of it."""

from flows.commands.parameters import AnyUnit, PeriodOf
from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import say


def close(period: PeriodOf, /, *, unit: AnyUnit = None) -> Answer:
    """Check, compile and record the reports of a period, for `unit` and those under it, or for every root.

    One root whose data is refused does not stop another; the exit code is 1 then.

    Raises UsageError `period_running`, `unknown_unit`, `no_units`; RefusedError `quality_failed`.
    """
    from events.errors import UsageError
    from flows import closing
    from flows.calendar import today
    from flows.quality import checked, require_quality
    from flows.ready import ready
    from flows.terminal.screen import progress, waiting

    context = ready()
    if period.last >= today(context):
        raise UsageError("period_running", period=period.code, last=period.last)
    units = closing.find_units(context, period, unit)
    with waiting(say("close.checking", period=period.code)):
        outcomes = checked(context, period, units)
    refused = [outcome for outcome in outcomes.values() if not outcome.passed]
    if len(refused) == len(outcomes):
        require_quality(refused[0])
    closed = {}
    for root, outcome in outcomes.items():
        if outcome.passed:
            with progress(say("close.compiling", period=period.code)) as tell:
                closed[root] = closing.close(context, period, root, outcome.position, tell)
    reports, position = sum(one.reports for one in closed.values()), max(one.position for one in closed.values())
    site = next(iter(outcomes.values())).site
    values = {"reports": reports, "position": position, "quality": site}
    rows = [(say(f"close.{key}"), str(value)) for key, value in values.items()]
    parts: list[Part] = [
        say("close.done", period=period.code),
        Table([say("close.what"), say("close.value")], rows),
        *(say("close.refused", expectations=", ".join(one.failed), site=one.site) for one in refused),
        say("close.next", period=period.code),
    ]
    data = {"period": period.code, **values, "refused": [one.site for one in refused]}
    return Answer(data, parts, exit_code=1 if refused else 0)
