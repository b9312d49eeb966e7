"""An act that needs two people: one proposes it, another consents within a time, then it is carried out once."""

from datetime import date
from typing import Literal

from events.types.base import Payload
from events.types.fields import Code, Count, DocumentNumber, Hash, Id, PolicyValue

Act = Literal["erase", "release", "quarantine", "key", "policy"]


class AccountNamed(Payload, frozen=True):
    """A person who acts got an id; `commitment` binds their name, which the vault holds under `account`."""

    account: Id
    commitment: Hash


class ActProposed(Payload, frozen=True):
    """An account asks for a second one's consent to an act. Of what the act is about, what applies is said.

    `digest` is the SHA-256 of the act with all that it was asked with: what is carried out is that, or nothing.
    """

    proposal: Id
    act: Act
    digest: Hash
    hours: Count
    subject: Id | None = None
    position: Count | None = None
    reason: Code | None = None
    name: Code | None = None
    value: PolicyValue | None = None
    on: date | None = None
    unit: Id | None = None
    order: DocumentNumber | None = None


class ActConsented(Payload, frozen=True):
    """Another account consented to what was proposed."""

    proposal: Id


class ActCarriedOut(Payload, frozen=True):
    """What was consented to was done; the consent is used up."""

    proposal: Id
