"""What judges the rows of a yearly plan, and the facts that they state."""

from typing import Any

import polars as pl

from events.types.base import Payload
from events.types.returns import PlanScheduled, TargetSet
from schemas.forms.judging import Frames, Judging, Stated
from schemas.forms.known import Known
from schemas.forms.parts.context import repeated
from schemas.forms.plan.sheets import SCHEDULE, TARGETS
from schemas.forms.stating import Fact, Stating


def context(frames: Frames, known: Known) -> Frames:
    """Of both sheets: repeated."""
    return {
        TARGETS.key: frames[TARGETS.key].with_columns(repeated("target")),
        SCHEDULE.key: frames[SCHEDULE.key].with_columns(repeated("milestone")),
    }


def facts(stating: Stating, frames: Stated) -> list[Fact]:
    """The targets, then the milestones."""
    return [
        Fact(make(stating, row), sheet.key, row["sheet_row"])
        for sheet, make in ((TARGETS, _target), (SCHEDULE, _milestone))
        for row in frames[sheet.key].iter_rows(named=True)
    ]


def _target(stating: Stating, row: dict[str, Any]) -> Payload:
    return TargetSet(stating.unit, stating.period.first.year, row["target"], row["value"])


def _milestone(stating: Stating, row: dict[str, Any]) -> Payload:
    return PlanScheduled(stating.unit, stating.period.first.year, row["milestone"], row["on"], row["planned"])


JUDGING = Judging(
    facts,
    errors={
        TARGETS.key: {"target": {"measure.duplicate": ~pl.col("repeated")}},
        SCHEDULE.key: {
            "milestone": {"measure.duplicate": ~pl.col("repeated")},
            "on": {"date.before_year": pl.col("on") >= pl.col("period_first")},
        },
    },
    context=context,
)
