"""What an office lays down: a named value from a day on."""

from datetime import date

from events.types.base import Payload
from events.types.fields import Code, DocumentNumber, Id, PolicyValue


class PolicySet(Payload, frozen=True):
    """From `on`, `policy` has the `value` for `unit` and all under it (everybody, if it is missing).

    Narrowed to returns on one `form`, or of units of one `kind`, where these are given. `order` is the document that
    ordered it.
    """

    policy: Code
    value: PolicyValue
    on: date
    unit: Id | None = None
    form: Code | None = None
    kind: Code | None = None
    order: DocumentNumber | None = None
