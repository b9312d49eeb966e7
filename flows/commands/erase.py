"""`nguon erase`: a person's data goes, wherever it is kept; and what could not be reached is said."""

from datetime import timedelta
from typing import Annotated

from cyclopts import Parameter

from flows.terminal.answer import Answer, Part, Table
from flows.terminal.wording import day, explain, say


def erase(
    subject: Annotated[str, Parameter(help=explain("subject_id"))],
    /,
    *,
    reason: Annotated[str, Parameter(help=explain("erase_reason"))],
) -> Answer:
    """Erase a person; erasing again finishes what was cut off. Raises what `flows.erasure.erase` does."""
    from flows.calendar import today
    from flows.erasure import erase as run
    from flows.ready import ready

    context = ready()
    done = run(context, subject.lower(), reason)
    days = context.settings.backup_days
    until = today(context) + timedelta(days=days)
    parts: list[Part] = [
        say("erase.already", subject=done.subject, position=done.position)
        if done.repeated
        else say(
            "erase.done",
            subject=done.subject,
            records=done.records,
            rows=done.rows,
            files=len(done.submissions),
            position=done.position,
        )
    ]
    if done.alike:
        parts.append(say("erase.alike", subjects=", ".join(done.alike)))
    if done.removed:
        parts.append(Table([say("erase.removed")], [(str(path),) for path in done.removed]))
    beyond = {
        "backups": say("erase.backups", days=days, until=day(until)),
        "server": say("erase.server"),
        "handed_out": say("erase.handed_out"),
    }
    parts += [say("erase.stays"), "\n- ".join((say("erase.beyond"), *beyond.values()))]
    data = {
        "subject": done.subject,
        "reason": done.reason,
        "position": done.position,
        "already_erased": done.repeated,
        "records": done.records,
        "rows": done.rows,
        "submissions": list(done.submissions),
        "removed": list(done.removed),
        "alike": list(done.alike),
        "out_of_reach": beyond,
        "backups_until": until,
    }
    return Answer(data, parts)
