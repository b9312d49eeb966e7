"""`nguon hold`: whose data must be kept, whatever is asked; placed and released on the record."""

import getpass
from typing import Annotated

from cyclopts import App, Parameter

from flows.terminal.answer import Answer, Table
from flows.terminal.help import titled
from flows.terminal.wording import LANGUAGE, explain, say

app = titled(App(name="hold"))

Subject = Annotated[str, Parameter(help=explain("subject_id"))]


@app.command(help=explain("hold_place"))
def place(subject: Subject, /, *, reason: Annotated[str, Parameter(help=explain("hold_reason"))]) -> Answer:
    """Place a hold under the name of the user of this machine.

    Raises UsageError `unknown_reason`, `unknown_subject`; RefusedError `erased_already`.
    """
    from events.errors import RefusedError
    from events.vault import erasure, holds
    from flows.erasure import require_known, require_reason
    from flows.ready import ready
    from schemas.vocabulary.reasons import HOLD

    require_reason(HOLD, reason)
    subject = subject.lower()
    context = ready()
    with context.engine.begin() as connection:
        require_known(connection, subject)
        if erasure.recorded(connection, subject):
            raise RefusedError("erased_already", subject=subject)
        fresh = holds.place(connection, subject, reason, getpass.getuser(), context.actor)
    told = say("hold.placed" if fresh else "hold.already", subject=subject, reason=HOLD.terms[reason](LANGUAGE))
    return Answer({"subject": subject, "reason": reason, "placed": fresh}, [told])


@app.command(help=explain("hold_release"))
def release(subject: Subject, /) -> Answer:
    """Release the holds on a person under the name of the user of this machine.

    Raises UsageError `unknown_subject`; where it needs two people, what `consenting.require` does.
    """
    from events.vault import holds
    from flows import consenting
    from flows.erasure import require_known
    from flows.ready import ready

    subject = subject.lower()
    context = ready()
    with context.engine.connect() as connection:
        require_known(connection, subject)
        held = bool(holds.in_force(connection, subject))
    consent = consenting.require(context, consenting.Asked("release", subject=subject)) if held else None
    with context.engine.begin() as connection:
        released = holds.release(connection, subject, getpass.getuser(), context.actor)
        consenting.spend(connection, consent, context.actor)
    told = (
        say("hold.released", subject=subject, count=len(released)) if released else say("hold.none_on", subject=subject)
    )
    return Answer({"subject": subject, "released": [hold.reason for hold in released]}, [told])


@app.command(name="list", help=explain("hold_list"))
def list_() -> Answer:
    """The holds in force."""
    from events.vault import holds
    from flows.ready import ready
    from schemas.vocabulary.reasons import HOLD

    with ready().engine.connect() as connection:
        found = holds.in_force(connection)
    data = {"holds": [hold._asdict() for hold in found]}
    if not found:
        return Answer(data, [say("hold.none")])
    headings = [say(f"hold.{key}") for key in ("subject", "reason", "placed_at", "placed_by")]
    rows = [
        (hold.subject, HOLD.terms[hold.reason](LANGUAGE), f"{hold.placed_at:%d/%m/%Y %H:%M} UTC", hold.placed_by)
        for hold in found
    ]
    return Answer(data, [Table(headings, rows)])
