"""The way of a nomination, step by step; `on` is the day of the step, `unit` the unit that reported it."""

from datetime import date
from typing import ClassVar, Literal

from events.types.base import Payload
from events.types.fields import Code, Count, DocumentNumber, Hash, Id, Year


class NomineeIdentified(Payload, frozen=True):
    """A branch put a member on its list of sources. `commitment` binds the person's record in the vault."""

    key: ClassVar[tuple[str, ...]] = ("subject",)

    subject: Id
    unit: Id
    on: date
    sex: Literal["female", "male"]
    birth_year: Year
    ethnic_minority: bool
    source_group: Code
    commitment: Hash


class Step(Payload, frozen=True):
    """A step of a nomination, under the document that records it."""

    key: ClassVar[tuple[str, ...]] = ("subject", "on")

    subject: Id
    unit: Id
    on: date
    document: DocumentNumber | None = None


class Vote(Step, frozen=True):
    """A step by vote: all who may vote, those present, votes for and against."""

    total: Count | None = None
    present: Count | None = None
    votes_for: Count | None = None
    votes_against: Count | None = None


class BranchVoted(Vote, frozen=True):
    """The branch meeting voted."""


class NominationResolved(Vote, frozen=True):
    """The grassroots committee resolved to nominate (form 4-KNĐ)."""


class ListHandedOver(Step, frozen=True):
    """The list was handed to the Party committee."""


class ClassSent(Step, frozen=True):
    """Sent to the awareness class."""


class ClassPassed(Step, frozen=True):
    """Passed the awareness class."""


class ClassFailed(Step, frozen=True):
    """Failed the awareness class."""


class CandidateRecognised(Step, frozen=True):
    """Recognised as a candidate for Party membership, helpers assigned."""


class CellResolved(Vote, frozen=True):
    """The Party cell resolved."""


class PartyCommitteeResolved(Vote, frozen=True):
    """The Party committee resolved."""


class AdmissionDecided(Step, frozen=True):
    """Admission was decided; probation of 12 months begins."""


class MentorAssigned(Step, frozen=True):
    """The nominating level assigned a mentor until full membership; who it is stays outside the log."""


class FullMembershipGranted(Step, frozen=True):
    """Made full member after probation."""


class ProbationerStruckOff(Step, frozen=True):
    """Struck off during probation."""


class NominationReturned(Step, frozen=True):
    """Returned by the Party committee."""


class NominationWithdrawn(Step, frozen=True):
    """Withdrawn by the Union."""


class NominationLapsed(Step, frozen=True):
    """The resolution lapsed."""


class NominationRenewed(Step, frozen=True):
    """Nominated again after a lapse or return."""


class NomineeTransferred(Step, frozen=True):
    """Handed to another unit, `to`, which may report from then on; to none that is known here if it is missing.

    The person stands with the unit that handed over until the other reports a step, be it that it received them; with
    none if no other is known here.
    """

    to: Id | None = None


class NomineeReceived(Step, frozen=True):
    """Received by the unit that reports, from one that handed over or that ended with none to follow it."""


class NomineeLeftByAge(Step, frozen=True):
    """Left the Union by age."""


class FactRetracted(Payload, frozen=True):
    """A fact of this stream was reported in error; the envelope's `supersedes` names its version."""
