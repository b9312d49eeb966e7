"""The events that happen to units, and what each says as the rules take it."""

from events.types.units import (
    UnitDissolved,
    UnitDivided,
    UnitEstablished,
    UnitMerged,
    UnitMoved,
    UnitReclassified,
    UnitRecoded,
    UnitRenamed,
    UnitRevived,
)
from schemas.units.past import UnitFact

UnitEvent = (
    UnitEstablished
    | UnitRenamed
    | UnitRecoded
    | UnitReclassified
    | UnitMoved
    | UnitMerged
    | UnitDivided
    | UnitDissolved
    | UnitRevived
)

BEGINNINGS = (UnitEstablished, UnitRevived)
ENDS = (UnitDissolved, UnitMerged, UnitDivided)


def fact_of(change: UnitEvent) -> UnitFact:
    """What a change says, as the rules take it."""
    alive = True if isinstance(change, BEGINNINGS) else False if isinstance(change, ENDS) else None
    successors = getattr(change, "successors", None)
    if isinstance(change, UnitMerged):
        successors = (change.successor,)
    said = {name: getattr(change, name, None) for name in ("parent", "code", "level", "name", "kind")}
    return UnitFact(change.unit, change.on, alive, successors=successors, **said)
