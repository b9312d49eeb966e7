"""What judges the rows of a branch's quarterly workbook, and the facts that they state."""

import polars as pl

from events.types.returns import MembershipCounted
from schemas.forms.judging import Frames, Judging, Rules, Stated
from schemas.forms.known import Known
from schemas.forms.parts.activities import facts as of_activities
from schemas.forms.parts.activities import rules as activities
from schemas.forms.parts.context import repeated
from schemas.forms.parts.people import context as of_people
from schemas.forms.parts.people import facts as people_facts
from schemas.forms.parts.people import rules as people
from schemas.forms.stating import Fact, Stating

_is_part = pl.col("measure").str.starts_with("members_")

_MEMBERSHIP: Rules = {
    "measure": {"measure.duplicate": ~pl.col("repeated")},
    "value": {"membership.part_above_total": ~_is_part | (pl.col("value") <= pl.col("whole"))},
}


def context(frames: Frames, known: Known) -> Frames:
    """People's context; of membership: repeated, whole (the number of all members)."""
    frames = of_people.add(frames, known)
    membership = frames["membership"]
    members = membership.filter(pl.col("measure") == "members").group_by("submission").agg(whole=pl.first("value"))
    frames["membership"] = membership.with_columns(repeated("measure")).join(
        members, on="submission", how="left", maintain_order="left"
    )
    return frames


def facts(stating: Stating, frames: Stated) -> list[Fact]:
    """People and their steps, numbers, activities."""
    numbers = [
        Fact(
            MembershipCounted(stating.unit, stating.period.code, row["measure"], row["value"]),
            "membership",
            row["sheet_row"],
        )
        for row in frames["membership"].iter_rows(named=True)
    ]
    return [*people_facts.facts(stating, frames), *numbers, *of_activities.facts(stating, frames)]


JUDGING = Judging(
    facts,
    errors={
        "nominees": people.NOMINEE_ERRORS,
        "steps": people.STEP_ERRORS,
        "membership": _MEMBERSHIP,
        "activities": activities.ERRORS,
    },
    warnings={
        "nominees": people.NOMINEE_WARNINGS,
        "steps": people.STEP_WARNINGS,
        "activities": activities.WARNINGS,
    },
    context=context,
    missed=of_people.missed,
)
