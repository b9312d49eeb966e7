"""What judges the rows of a census, and the facts that they state."""

import polars as pl

from events.types.returns import ActivityHeld, MembershipCounted
from schemas.forms.judging import Frames, Judging
from schemas.forms.known import Known
from schemas.forms.stating import Fact, Stating


def context(frames: Frames, known: Known) -> Frames:
    """Of the numbers: whole (that of all members)."""
    counted = frames["membership"]
    whole = counted.filter(pl.col("measure") == "members").group_by("submission").agg(whole=pl.first("value"))
    return {**frames, "membership": counted.join(whole, on="submission", how="left", maintain_order="left")}


def facts(stating: Stating, frames: Frames) -> list[Fact]:
    """The numbers, as those of the half-year's last quarter, and the meetings."""
    quarter = stating.period.quarters()[-1].code
    numbers = [
        Fact(MembershipCounted(stating.unit, quarter, row["measure"], row["value"]), "membership", row["sheet_row"])
        for row in frames["membership"].iter_rows(named=True)
    ]
    meetings = [
        Fact(
            ActivityHeld(stating.unit, stating.period.code, row["activity"], row["on"], row["present"]),
            "activities",
            row["sheet_row"],
        )
        for row in frames["activities"].iter_rows(named=True)
    ]
    return [*numbers, *meetings]


_is_part = pl.col("measure").str.starts_with("members_")

JUDGING = Judging(
    facts,
    errors={
        "membership": {
            "value": {"membership.part_above_total": ~_is_part | (pl.col("value") <= pl.col("whole"))},
        },
    },
    context=context,
)
