"""What a row is judged against beyond itself: its period, its neighbours, and what is known of its nominee."""

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from schemas.vocabulary.steps import STEPS


class Known(NamedTuple):
    """What stands already about the people that the workbooks name, without what they revise.

    `subjects`: submission, identity, elsewhere (an active nominee of another unit).
    `steps`: submission, identity, step, on (date).
    """

    subjects: pl.DataFrame
    steps: pl.DataFrame

    @classmethod
    def nothing(cls) -> "Known":
        """Nobody is known."""
        person = {"submission": pl.String, "identity": pl.String}
        return cls(
            pl.DataFrame(schema=person | {"elsewhere": pl.Boolean}),
            pl.DataFrame(schema=person | {"step": pl.String, "on": pl.Date}),
        )


_PERSON = ("submission", "identity")


def add(frames: Mapping[str, pl.DataFrame], periods: pl.DataFrame, known: Known) -> dict[str, pl.DataFrame]:
    """The frames with context columns; `periods` has submission, period_first, period_last (dates).

    All gain period_first and period_last. nominees: repeated, elsewhere. steps: repeated, known, predecessor_on,
    has_predecessor. membership: repeated, whole. targets: repeated.
    """
    frames = {
        key: frame.join(periods, on="submission", how="left", maintain_order="left") for key, frame in frames.items()
    }
    nominees, steps = frames["nominees"], frames["steps"]
    frames["nominees"] = nominees.with_columns(_repeated("identity")).join(
        known.subjects, on=_PERSON, how="left", maintain_order="left"
    )
    frames["steps"] = (
        _with_predecessors(
            steps.with_columns(_repeated("identity", "step", "on"), _row=pl.int_range(pl.len())),
            pl.concat(
                [
                    nominees.select(*_PERSON, pl.lit("identified").alias("step"), "on"),
                    steps.select(*_PERSON, "step", "on"),
                    known.steps.select(*_PERSON, "step", "on"),
                ]
            ).drop_nulls(),
        )
        .join(
            pl.concat([nominees.select(_PERSON), known.subjects.select(_PERSON)])
            .unique()
            .with_columns(known=pl.lit(value=True)),
            on=_PERSON,
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col("known").fill_null(pl.col("identity").is_null()))
    )
    members = (
        frames["membership"].filter(pl.col("measure") == "members").group_by("submission").agg(whole=pl.first("value"))
    )
    frames["membership"] = (
        frames["membership"]
        .with_columns(_repeated("measure"))
        .join(members, on="submission", how="left", maintain_order="left")
    )
    frames["targets"] = frames["targets"].with_columns(_repeated("target"))
    return frames


def _repeated(*keys: str) -> pl.Expr:
    key = pl.struct("submission", *keys)
    readable = pl.all_horizontal(pl.col(k).is_not_null() for k in keys)
    return (~key.is_first_distinct() & readable).alias("repeated")


def _with_predecessors(steps: pl.DataFrame, all_steps: pl.DataFrame) -> pl.DataFrame:
    """For each row the last day of the steps that it rests on, and whether any of them is on record."""
    order = pl.DataFrame(
        [(code, before) for code, step in STEPS.items() for before in step.after],
        schema={"step": pl.String, "before": pl.String},
        orient="row",
    )
    earlier = all_steps.rename({"step": "before", "on": "before_on"})
    found = (
        steps.select("_row", *_PERSON, "step")
        .join(order, on="step")
        .join(earlier, on=[*_PERSON, "before"])
        .group_by("_row", "before")
        # A step may be taken twice (a class repeated, a nomination renewed): the first time is what others rest on.
        .agg(pl.min("before_on"))
        .group_by("_row")
        .agg(predecessor_on=pl.max("before_on"))
        .with_columns(has_predecessor=pl.lit(value=True))
    )
    return steps.join(found, on="_row", how="left", maintain_order="left").with_columns(
        pl.col("has_predecessor").fill_null(value=False)
    )
