"""What judges the rows of the rating, and the facts that they state."""

import polars as pl

from events.types.returns import OrganisationRated
from schemas.forms.judging import Frames, Judging, Stated, below, kind_of, under, unit_of
from schemas.forms.known import Known
from schemas.forms.parts.context import repeated
from schemas.forms.parts.kinds import BRANCHES, DISTRICTS, GRASSROOTS, PROVINCE
from schemas.forms.rating.sheet import RATINGS
from schemas.forms.stating import Fact, Stating


def context(frames: Frames, known: Known) -> Frames:
    """repeated: by the unit, whichever of its codes is written."""
    return {RATINGS.key: frames[RATINGS.key].with_columns(repeated(unit_of("rated")))}


def facts(stating: Stating, frames: Stated) -> list[Fact]:
    """Every rating; the year is the period's."""
    return [
        Fact(
            OrganisationRated(
                stating.units[row["rated"]],
                stating.period.first.year,
                stating.unit,
                row["proposed"],
                row["decided"],
                row["document"],
            ),
            RATINGS.key,
            row["sheet_row"],
        )
        for row in frames[RATINGS.key].iter_rows(named=True)
    ]


JUDGING = Judging(
    facts,
    errors={
        RATINGS.key: {
            "rated": {
                "unit.not_below": pl.col(below("rated")),
                "unit.not_grassroots": pl.col(kind_of("rated")).is_in(list(GRASSROOTS))
                | pl.col(kind_of("rated")).is_in(list(BRANCHES))
                & pl.col(under("rated")).is_in(list(DISTRICTS | PROVINCE)).fill_null(value=False),
                "unit.repeated": ~pl.col("repeated"),
            },
        },
    },
    context=context,
)
