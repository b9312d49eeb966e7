"""What happens to a person's data in the vault: it is read, held against erasure, erased."""

from events.types.base import Payload
from events.types.fields import Code, Hash, Id


class PersonalDataAccessed(Payload, frozen=True):
    """Somebody read a person's record. `commitment` binds who and why, which the vault holds under `reading`."""

    reading: Id
    subject: Id
    commitment: Hash


class SubjectErased(Payload, frozen=True):
    """A person's content and salts were deleted; `reason` is a code.

    `submissions` are those whose kept file was deleted, and with it the content of rows that named the person.
    `marks` is SHA-256 over the keyed marks, in order, by which the person is known again. Where there are more
    submissions than one event holds, further ones tell the rest; a later erasure of the same person tells what came
    afterwards.
    """

    subject: Id
    reason: Code
    submissions: tuple[Id, ...] = ()
    marks: Hash | None = None


class ErasureLifted(Payload, frozen=True):
    """An erased person may be reported again, as somebody new: the marks are gone. `reason` is a code."""

    subject: Id
    reason: Code


class HoldPlaced(Payload, frozen=True):
    """A duty to keep a person's data was noted: until it is released, nobody may erase. `reason` is a code.

    `commitment` binds the reason to who placed the hold, which the vault holds under `hold`.
    """

    hold: Id
    subject: Id
    reason: Code
    commitment: Hash


class HoldReleased(Payload, frozen=True):
    """The duty ended; `commitment` binds the reason of the hold to who released it."""

    hold: Id
    subject: Id
    commitment: Hash
