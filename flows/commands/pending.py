"""`nguon pending`: what waits to be decided and since when, and what lies in the inbox and cannot be taken in."""

from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import day, say


def pending() -> Answer:
    """What waits, the longest first."""
    from flows.calendar import today, zone
    from flows.inbox import search
    from flows.ready import ready
    from flows.terminal import verdicts
    from warehouse.projections import project
    from warehouse.returns import status

    context = ready()
    clock = zone(context)
    on, position = today(context), project.project(context.engine)
    with context.engine.connect() as connection:
        waiting = status.waiting(connection, on, position)
    untaken = search(context.settings.home / "inbox", on).others
    parts: list[Part] = [say("pending.waiting", count=len(waiting))]
    if waiting:
        rows = [
            (one.submission, one.unit_code or "", one.period or "", day(one.received_on), f"{at:%d/%m/%Y %H:%M}")
            for one in waiting
            for at in [one.received_at.astimezone(clock)]
        ]
        headings = ("submission", "unit", "period", "received_on", "since")
        parts += [Table([say(f"pending.{key}") for key in headings], rows), say("pending.remedy")]
    if untaken:
        parts += verdicts.untaken(untaken, say("pending.untaken", count=len(untaken)))
    data = {
        "waiting": [one._asdict() for one in waiting],
        "untaken": [{"file": one.path, "reason": one.error.key} for one in untaken],
    }
    return Answer(data, parts)
