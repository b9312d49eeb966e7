"""What people and steps are judged against: their neighbours, and what other returns state of each person."""

import polars as pl

from schemas.findings import Finding
from schemas.forms.form import Sheet
from schemas.forms.judging import Frames
from schemas.forms.known import Known
from schemas.forms.parts.context import repeated
from schemas.forms.parts.people import across
from schemas.forms.parts.people.sheets import NOMINEES, STEPS

_PERSON = ("submission", "person")


def add(frames: Frames, known: Known) -> dict[str, pl.DataFrame]:
    """The frames with context columns; a `person` goes by the id, or by the number where nobody is known by it.

    nominees: person, renumbered, repeated, elsewhere (another unit's), responsible (whether it may be taken on),
    first_follower_on. steps: person, repeated, known, predecessor_on, has_predecessor, first_follower_on, responsible.
    """
    nominees, steps = _by_person(frames[NOMINEES.key], known), _by_person(frames[STEPS.key], known)
    every_step = across.all_steps(nominees, steps, known)
    followers = across.followers(every_step, known)
    identified = every_step.filter(pl.col("step") == "identified").select(_PERSON).unique()
    return {
        **frames,
        NOMINEES.key: _with_elsewhere(nominees.with_columns(repeated("person"), step=pl.lit("identified")), known)
        .join(followers, on=[*_PERSON, "step"], how="left", maintain_order="left")
        .drop("step"),
        STEPS.key: _with_responsible(
            across.predecessors(steps.with_columns(repeated("person", "step", "on")), every_step), known
        )
        .join(followers, on=[*_PERSON, "step"], how="left", maintain_order="left")
        .join(identified.with_columns(known=pl.lit(value=True)), on=_PERSON, how="left", maintain_order="left")
        .with_columns(pl.col("known").fill_null(pl.col("identity").is_null())),
    }


def missed(frames: Frames, known: Known) -> list[Finding]:
    """What a revision leaves out though other returns need it, at the place where the version before had it."""
    nominees, steps = _by_person(frames[NOMINEES.key], known), _by_person(frames[STEPS.key], known)
    found = across.missed(nominees, steps, across.all_steps(nominees, steps, known), known)
    sheets: dict[str, Sheet] = {NOMINEES.key: NOMINEES, STEPS.key: STEPS}
    return [
        Finding(submission, code, sheet, sheets[sheet].cell("identity", row), "identity")
        for submission, sheet, row, code in found.iter_rows()
    ]


def _by_person(frame: pl.DataFrame, known: Known) -> pl.DataFrame:
    return frame.join(known.subjects, on=("submission", "identity"), how="left", maintain_order="left").with_columns(
        pl.coalesce("subject", "identity").alias("person"), pl.col("renumbered").fill_null(value=False)
    )


def _with_elsewhere(nominees: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Another unit's, unless this return said it before, or the unit may take it on, later than the other reported."""
    own = known.before.filter(pl.col("step") == "identified").select("submission", person="subject").unique()
    others = across.identified_by_others(known).select(*_PERSON, "by", other_last="last")
    at_last = known.responsible.rename({"subject": "person"}).filter(pl.col("until").is_null())
    return (
        nominees.join(others, on=_PERSON, how="left", maintain_order="left")
        .join(own.with_columns(said_before=pl.lit(value=True)), on=_PERSON, how="left", maintain_order="left")
        .join(at_last.select(*_PERSON, "allowed"), on=_PERSON, how="left", maintain_order="left")
        .with_columns(
            elsewhere=pl.col("by").is_not_null()
            & (pl.col("by") != pl.col("unit"))
            & pl.col("said_before").is_null()
            & ~(pl.col("allowed").fill_null(value=False) & (pl.col("period_last") > pl.col("other_last")))
        )
    )


def _with_responsible(steps: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Whether the unit may report of the person on the row's day; nobody else does where no other return knows them.

    Nor may it after a day on which the workbook itself hands the person over.
    """
    steps = steps.with_columns(_row=pl.int_range(pl.len()))
    handed_over = steps.filter(pl.col("step") == "transferred").group_by(_PERSON).agg(handed_over_on=pl.min("on"))
    stretches = known.responsible.rename({"subject": "person"})
    covered = (
        steps.select("_row", *_PERSON, "on")
        .join(stretches, on=_PERSON)
        .filter((pl.col("on") >= pl.col("since")).fill_null(value=True))
        .filter((pl.col("on") <= pl.col("until")).fill_null(value=True))
        .group_by("_row")
        .agg(responsible=pl.any("allowed"))
    )
    return (
        steps.join(covered, on="_row", how="left", maintain_order="left")
        .join(handed_over, on=_PERSON, how="left", maintain_order="left")
        .with_columns(
            responsible=pl.col("responsible").fill_null(value=True)
            & (pl.col("on") <= pl.col("handed_over_on")).fill_null(value=True)
        )
    )
