"""The facts that the sheet of activities states."""

from events.types.returns import ActivityHeld
from schemas.forms.judging import Stated
from schemas.forms.stating import Fact, Stating


def facts(stating: Stating, frames: Stated) -> list[Fact]:
    """Every activity; several of one kind on one day are told apart by whoever records them."""
    return [
        Fact(
            ActivityHeld(
                stating.unit,
                stating.period.code,
                row["activity"],
                row["on"],
                row["participants"],
                row["members"],
            ),
            "activities",
            row["sheet_row"],
        )
        for row in frames["activities"].iter_rows(named=True)
    ]
