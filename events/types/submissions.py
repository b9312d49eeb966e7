"""What happens to a submission: one revision of a return, which a unit owes on one form for one period."""

from datetime import date
from typing import Literal

from msgspec import Struct

from events.types.base import Payload
from events.types.fields import Cell, Code, Count, Hash, Id, PeriodCode


class FindingRecord(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A problem in a workbook: what and where, never the value."""

    code: Code
    severity: Literal["error", "warning"]
    sheet: Code | None = None
    cell: Cell | None = None
    column: Code | None = None


class SubmissionReceived(Payload, frozen=True):
    """A file arrived. `commitment` binds its bytes; `unit` and `period` are what its cover says, if it could be read.

    `received_on` is the day on which the unit handed it in.
    """

    submission: Id
    received_on: date
    commitment: Hash
    size: Count
    unit: Id | None = None
    period: PeriodCode | None = None
    form: Code | None = None
    form_version: int | None = None


class SubmissionFoundValid(Payload, frozen=True):
    """A workbook passed the gate. Where it `counts` at once, the `facts` events that it makes follow it.

    `last` is the period's last day, which orders statements of different periods. `rows_root` is the Merkle root
    (RFC 9162) over place and salted commitment of its `rows` rows; `previous` is the valid submission of the same
    return before it.
    """

    submission: Id
    unit: Id
    period: PeriodCode
    form: Code
    form_version: int
    last: date
    rows: Count
    rows_root: Hash
    previous: Id | None = None
    warnings: tuple[FindingRecord, ...] = ()
    counts: bool = True
    facts: Count = 0


class SubmissionFoundInvalid(Payload, frozen=True):
    """A workbook has errors; nothing of it counts. Whose and for when it is, as far as that could be told."""

    submission: Id
    findings: tuple[FindingRecord, ...]
    unit: Id | None = None
    period: PeriodCode | None = None
    form: Code | None = None
    form_version: int | None = None


class SubmissionSetAside(Payload, frozen=True):
    """A person took a workbook that waited out of the way; nothing of it counts. `reason` is a code."""

    submission: Id
    reason: Code


class SubmissionSubmitted(Payload, frozen=True):
    """A valid return was put before the level above, the unit `to`."""

    submission: Id
    to: Id


class SubmissionAccepted(Payload, frozen=True):
    """The level above accepted a return. If it began to count by that, its `facts` events follow."""

    submission: Id
    counts: bool = False
    facts: Count = 0


class SubmissionReturned(Payload, frozen=True):
    """The level above gave a return back to be put right; if it counted, its `facts` are retracted behind this.

    `reason` is a code. `commitment` binds the comment, free text that the vault holds.
    """

    submission: Id
    reason: Code
    commitment: Hash | None = None
    facts: Count = 0


class SubmissionSuperseded(Payload, frozen=True):
    """A later revision `by` took the place of this one."""

    submission: Id
    by: Id


class SubmissionWithdrawn(Payload, frozen=True):
    """The unit took its return back; if it counted, its `facts` are retracted behind this. `reason` is a code."""

    submission: Id
    reason: Code
    facts: Count = 0


FollowedByFacts = SubmissionFoundValid | SubmissionAccepted | SubmissionReturned | SubmissionWithdrawn
"""Events that `facts` events of the same submission follow, at the next positions."""
