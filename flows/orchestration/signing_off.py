"""How scheduled work ends: the log is signed, published and sent out; what stays unsigned for too long is an alarm."""

from contextlib import suppress

from events.errors import NguonError
from events.proof.checkpoint import Checkpoint
from flows import checkpoints, mailing
from flows.context import Context
from flows.orchestration import alarm


def sign_off(context: Context) -> int:
    """Sign what is recorded, publish it, and send it out where that is due; the size that is signed.

    What cannot be published or sent is told and stops nothing. Raises what `checkpoints.sign` does, after an alarm
    where something has been unsigned for longer than the policy allows.
    """
    try:
        signed = checkpoints.sign(context)
    except NguonError:
        with suppress(NguonError):  # the database may be what is away
            if (hours := checkpoints.overdue(context)) is not None:
                alarm.tell(context.settings, "unsigned", hours=hours)
        raise
    for trouble in (*signed.troubles, *mailing.send_checkpoint(context.settings, signed.note)):
        alarm.tell_failure(context.settings, "sign", trouble)
    return Checkpoint.parse(signed.note.text).size
