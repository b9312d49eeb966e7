"""A later workbook of the same unit and quarter: one date changed, one nominee corrected, one step taken back."""

from collections.abc import Set
from dataclasses import replace
from datetime import date, timedelta

from flows.sample.drafts import Draft
from schemas.vocabulary.terms import SOURCE_GROUP


def revise(draft: Draft, received_on: date, used_later: Set[str]) -> Draft | None:
    """The draft as it is sent again on `received_on`, or None if it has too little on it to revise.

    Only last steps are touched, and none is taken back from the people in `used_later`, whose later steps rest on it.
    """
    steps = draft.rows["steps"]
    last_row = {cells["identity"]: row for row, cells in enumerate(steps)}
    dropped = next((row for identity, row in last_row.items() if identity not in used_later), None)
    moved = next((row for row in last_row.values() if row != dropped), None)
    if dropped is None or moved is None or not draft.rows["nominees"]:
        return None
    later = min(steps[moved]["on"] + timedelta(days=1), draft.period.last, received_on)
    groups = [term.vi for term in SOURCE_GROUP.terms.values()]
    other = next(group for group in groups if group != draft.rows["nominees"][0]["source_group"])
    revised = draft.changed("steps", moved, on=later).changed("nominees", 0, source_group=other)
    kept = [cells for row, cells in enumerate(revised.rows["steps"]) if row != dropped]
    return replace(revised.having("steps", kept), received_on=received_on)
