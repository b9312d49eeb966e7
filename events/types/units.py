"""What happens to organisation units. `on` is the day from which it holds; `order` the document that ordered it."""

from datetime import date

from events.types.base import Payload
from events.types.fields import Code, DocumentNumber, Id, UnitCode, UnitName


class UnitEstablished(Payload, frozen=True):
    """A unit began, with its first name, code, kind, level (0 central Union to 4 branch) and parent."""

    unit: Id
    code: UnitCode
    name: UnitName
    kind: Code
    level: int
    on: date
    parent: Id | None = None
    order: DocumentNumber | None = None


class UnitRenamed(Payload, frozen=True):
    """A unit has another name from `on`."""

    unit: Id
    name: UnitName
    on: date
    order: DocumentNumber | None = None


class UnitRecoded(Payload, frozen=True):
    """A unit has another code from `on`; codes are reused, so a code alone identifies nothing."""

    unit: Id
    code: UnitCode
    on: date
    order: DocumentNumber | None = None


class UnitReclassified(Payload, frozen=True):
    """A unit has another kind or level from `on`."""

    unit: Id
    kind: Code
    level: int
    on: date
    order: DocumentNumber | None = None


class UnitMoved(Payload, frozen=True):
    """A unit stands under another parent from `on`."""

    unit: Id
    parent: Id
    on: date
    order: DocumentNumber | None = None


class UnitDissolved(Payload, frozen=True):
    """A unit ended: `on` is the first day on which it is no more."""

    unit: Id
    on: date
    order: DocumentNumber | None = None


class UnitMerged(Payload, frozen=True):
    """A unit ended and became part of another: `on` is the first day on which the successor alone is there."""

    unit: Id
    successor: Id
    on: date
    order: DocumentNumber | None = None


class UnitDivided(Payload, frozen=True):
    """A unit ended and several follow it; which of its past belongs to which of them is not known."""

    unit: Id
    successors: tuple[Id, ...]
    on: date
    order: DocumentNumber | None = None


class UnitRevived(Payload, frozen=True):
    """A unit that had ended lives again from `on`, with its last code, name and kind, under `parent`."""

    unit: Id
    on: date
    parent: Id | None = None
    order: DocumentNumber | None = None
