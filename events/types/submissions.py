"""What happens to a submission: one workbook for one unit and one period."""

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
    """A workbook passed; its domain events follow in the same append.

    `rows_root` is the Merkle root (RFC 9162) over place and salted commitment of its `rows` rows;
    `previous` is the accepted submission that this one revises; `facts` counts the domain events that follow.
    """

    submission: Id
    unit: Id
    period: PeriodCode
    rows: Count
    rows_root: Hash
    previous: Id | None = None
    warnings: tuple[FindingRecord, ...] = ()
    facts: Count = 0


class SubmissionFoundInvalid(Payload, frozen=True):
    """A workbook has errors; nothing of it counts."""

    submission: Id
    findings: tuple[FindingRecord, ...]


class SubmissionSetAside(Payload, frozen=True):
    """A person took a workbook that waited out of the way; nothing of it counts. `reason` is a code."""

    submission: Id
    reason: Code
