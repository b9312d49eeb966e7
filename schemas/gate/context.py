"""Context that every form has: what the codes of units in the rows mean, and what is laid down about the rows."""

import polars as pl

from schemas.forms.form import Form
from schemas.forms.judging import Frames, acts_for, below, kind_of, under, unit_of, without_heir
from schemas.forms.known import Known
from schemas.forms.limits import with_limits


def with_context(form: Form, frames: Frames, known: Known) -> dict[str, pl.DataFrame]:
    """The frames, with the context of every column that holds a unit's code (`unit_of` and those that follow it).

    And with every `limit`.
    """
    judged = {sheet: with_limits(frame, known.limits) for sheet, frame in frames.items()}
    for sheet in form.sheets:
        for column in sheet.columns:
            if column.kind == "unit":
                named = known.units.select(
                    "submission",
                    pl.col("written").alias(column.key),
                    pl.col("unit").alias(unit_of(column.key)),
                    pl.col("kind").alias(kind_of(column.key)),
                    pl.col("under").alias(under(column.key)),
                    pl.col("below").alias(below(column.key)),
                    pl.col("acts_for").alias(acts_for(column.key)),
                    pl.col("without_heir").alias(without_heir(column.key)),
                )
                judged[sheet.key] = judged[sheet.key].join(
                    named, on=["submission", column.key], how="left", maintain_order="left"
                )
    return judged
