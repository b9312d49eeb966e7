"""What a revision does to what other returns state of the same people: who they need, and what they rest on."""

import polars as pl

from schemas.forms.known import Known
from schemas.vocabulary.steps import RESTS, STEPS

_PERSON = ("submission", "person")
_ORDER = pl.DataFrame(
    [(code, before, before in STEPS[code].after) for code, all_before in RESTS.items() for before in all_before],
    schema={"step": pl.String, "before": pl.String, "nearest": pl.Boolean},
    orient="row",
)
"""Each step and one that it rests on; `nearest` if nothing lies between."""


def stated_by_others(known: Known) -> pl.DataFrame:
    """What other returns state: submission (that is judged), person, step, on, last, by (the unit that reports)."""
    return known.stated.rename({"subject": "person"})


def identified_by_others(known: Known) -> pl.DataFrame:
    """Of everybody whom other returns identified the statement that counts among these: one row a person."""
    found = stated_by_others(known).filter(pl.col("step") == "identified").sort("last", maintain_order=True)
    return found.group_by(_PERSON, maintain_order=True).last()


def all_steps(nominees: pl.DataFrame, steps: pl.DataFrame, known: Known) -> pl.DataFrame:
    """What will count of each person once the revision does: submission, person, step, on.

    `nominees` and `steps` are its own rows with `person` and `period_last`. Being identified counts as the latest
    period says it; of other steps every day counts.
    """
    others = stated_by_others(known)
    identified = pl.concat(
        [
            nominees.select(*_PERSON, "on", pl.col("period_last").alias("last"), own=pl.lit(value=True)),
            identified_by_others(known).select(*_PERSON, "on", "last", own=pl.lit(value=False)),
        ]
    ).drop_nulls()
    identified = identified.sort("last", "own").group_by(_PERSON).agg(pl.last("on"))
    taken = pl.concat(
        [
            steps.select(*_PERSON, "step", "on"),
            others.filter(pl.col("step") != "identified").select(*_PERSON, "step", "on"),
        ]
    )
    return pl.concat([identified.select(*_PERSON, pl.lit("identified").alias("step"), "on"), taken]).drop_nulls()


def predecessors(steps: pl.DataFrame, every_step: pl.DataFrame) -> pl.DataFrame:
    """`steps` with `predecessor_on`, the last of the first days of all that each rests on, and `has_predecessor`."""
    steps = steps.with_columns(_row=pl.int_range(pl.len()))
    found = (
        steps.select("_row", *_PERSON, "step")
        .join(_ORDER, on="step")
        .join(every_step.rename({"step": "before", "on": "before_on"}), on=[*_PERSON, "before"])
        .group_by("_row", "before", "nearest")
        # A step may be taken twice (a class repeated, a nomination renewed): the first time is what others rest on.
        .agg(pl.min("before_on"))
        .group_by("_row")
        .agg(predecessor_on=pl.max("before_on"), has_predecessor=pl.any("nearest"))
    )
    return steps.join(found, on="_row", how="left", maintain_order="left").with_columns(
        pl.col("has_predecessor").fill_null(value=False)
    )


def followers(every_step: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Steps before which others of other returns would lie: submission, person, step, first_follower_on."""
    first = every_step.group_by(*_PERSON, "step").agg(first_on=pl.min("on"))
    resting = (
        stated_by_others(known)
        .join(_ORDER.select("step", "before"), on="step")
        .group_by(*_PERSON, "before")
        .agg(first_follower_on=pl.min("on"))
        .rename({"before": "step"})
    )
    found = first.join(resting, on=[*_PERSON, "step"]).filter(pl.col("first_on") > pl.col("first_follower_on"))
    return found.select(*_PERSON, "step", "first_follower_on")


def missed(nominees: pl.DataFrame, steps: pl.DataFrame, every_step: pl.DataFrame, known: Known) -> pl.DataFrame:
    """What the version before stated and other returns need: submission, sheet, sheet_row, code (of the finding).

    A person whom nobody identifies any more; a step that was the only one on which others rest, or without which they
    lie before the first that is left.
    """
    before = known.before.rename({"subject": "person"}).drop_nulls("sheet_row")
    others = stated_by_others(known).filter(pl.col("step") != "identified")
    kept = pl.concat(
        [nominees.select(*_PERSON, pl.lit("identified").alias("step")), steps.select(*_PERSON, "step")]
    ).unique()
    gone = before.join(kept, on=[*_PERSON, "step"], how="anti")
    left = every_step.select(*_PERSON, "step").unique()
    people = gone.filter(pl.col("step") == "identified").join(left, on=[*_PERSON, "step"], how="anti")
    needed = people.join(others.select(_PERSON).unique(), on=_PERSON).with_columns(code=pl.lit("nominee.needed"))
    resting = others.join(_ORDER.filter("nearest").select("step", "before"), on="step")
    held = resting.join(left.rename({"step": "before"}), on=[*_PERSON, "before"]).select(*_PERSON, "step").unique()
    bare = (
        resting.join(held, on=[*_PERSON, "step"], how="anti").select(*_PERSON, pl.col("before").alias("step")).unique()
    )
    late = followers(every_step, known).select(*_PERSON, "step")
    wanted = pl.concat([bare, late]).unique()
    steps_needed = gone.join(wanted, on=[*_PERSON, "step"]).join(needed.select(_PERSON), on=_PERSON, how="anti")
    columns = ("submission", "sheet", "sheet_row", "code")
    return pl.concat(
        [needed.select(columns), steps_needed.with_columns(code=pl.lit("step.needed")).select(columns)]
    ).unique(maintain_order=True)
