"""`nguon projections`: how far the warehouse is behind the log."""

from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import say


def projections() -> Answer:
    """Position, lag and rows of each table. Nothing is projected by asking."""
    from flows.calendar import zone
    from flows.ready import ready
    from warehouse.projections.lag import projected

    context = ready()
    with context.engine.connect() as connection:
        found = projected(connection)
    position, behind, since = found[0].position, found[0].behind, found[0].waiting_since
    local = since and since.astimezone(zone(context))
    headings = [say(f"projections.{key}") for key in ("table", "position", "behind", "rows")]
    rows = [(one.table, str(one.position), str(one.behind), str(one.rows)) for one in found]
    parts: list[Part] = [Table(headings, rows, numbers=(1, 2, 3))]
    if local:
        parts.append(say("projections.lagging", behind=behind, since=f"{local:%d/%m/%Y %H:%M:%S}"))
    else:
        parts.append(say("projections.current", position=position))
    return Answer(
        {
            "position": position,
            "head": position + behind,
            "behind": behind,
            "waiting_since": since and since.isoformat(),
            "tables": [
                {"table": one.table, "position": one.position, "behind": one.behind, "rows": one.rows} for one in found
            ],
        },
        parts,
    )
