"""What the codes of units in the rows mean: context that every form has."""

import polars as pl

from schemas.forms.form import Form
from schemas.forms.judging import Frames, acts_for, below, kind_of, unit_of, without_heir
from schemas.forms.known import Known


def with_units(form: Form, frames: Frames, known: Known) -> dict[str, pl.DataFrame]:
    """The frames, with the context of every column that holds a unit's code (`unit_of` and those that follow it)."""
    judged = dict(frames)
    for sheet in form.sheets:
        for column in sheet.columns:
            if column.kind == "unit":
                named = known.units.select(
                    "submission",
                    pl.col("written").alias(column.key),
                    pl.col("unit").alias(unit_of(column.key)),
                    pl.col("kind").alias(kind_of(column.key)),
                    pl.col("below").alias(below(column.key)),
                    pl.col("acts_for").alias(acts_for(column.key)),
                    pl.col("without_heir").alias(without_heir(column.key)),
                )
                judged[sheet.key] = judged[sheet.key].join(
                    named, on=["submission", column.key], how="left", maintain_order="left"
                )
    return judged
