"""What people and steps are judged against: their neighbours, and what other returns state of each person."""

import polars as pl

from schemas.findings import Finding
from schemas.forms.form import Sheet
from schemas.forms.judging import Frames, acts_for, without_heir
from schemas.forms.known import Known
from schemas.forms.parts.context import repeated
from schemas.forms.parts.people import across
from schemas.forms.parts.people.sheets import NOMINEES, STEPS

_PERSON = ("submission", "person")


def add(frames: Frames, known: Known) -> dict[str, pl.DataFrame]:
    """The frames with context columns; a `person` goes by the id, or by the number where nobody is known by it.

    nominees: person, renumbered, repeated, elsewhere (another unit's), first_follower_on. steps: person, repeated,
    known, predecessor_on, has_predecessor, first_follower_on, responsible.
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
    """Another unit's, unless this return said it before, or the unit may take it on, later than others reported.

    It may if it may act for the one that is responsible, or if that one has ended with none to follow it.
    """
    own = known.before.filter(pl.col("step") == "identified").select("submission", person="subject").unique()
    others = (
        across.stated_by_others(known)
        .filter(pl.col("step") == "identified")
        .join(nominees.select("submission", "unit").unique(), on="submission")
        .filter(pl.col("by") != pl.col("unit"))
        .group_by(_PERSON)
        .agg(others_last=pl.max("last"))
    )
    at_last = known.responsible.rename({"subject": "person"}).filter(pl.col("until").is_null())
    return (
        nominees.join(others, on=_PERSON, how="left", maintain_order="left")
        .join(own.with_columns(said_before=pl.lit(value=True)), on=_PERSON, how="left", maintain_order="left")
        .join(at_last.select(*_PERSON, "allowed", "without_heir"), on=_PERSON, how="left", maintain_order="left")
        .with_columns(
            elsewhere=pl.col("others_last").is_not_null()
            & pl.col("said_before").is_null()
            & ~(
                (pl.col("allowed") | (pl.col("without_heir") <= pl.col("period_last"))).fill_null(value=False)
                & (pl.col("period_last") > pl.col("others_last"))
            )
        )
    )


def _with_responsible(steps: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Whether the unit may report of the person on the row's day; any may where no other return knows them."""
    steps = steps.with_columns(_row=pl.int_range(pl.len()))
    covered = (
        steps.select("_row", *_PERSON, "on")
        .join(_turns(steps, known), on=_PERSON)
        .filter((pl.col("on") >= pl.col("since")).fill_null(value=True))
        .filter((pl.col("on") <= pl.col("until")).fill_null(value=True))
        .group_by("_row")
        .agg(responsible=(pl.col("allowed") | (pl.col("on") >= pl.col("without_heir")).fill_null(value=False)).any())
    )
    return steps.join(covered, on="_row", how="left", maintain_order="left").with_columns(
        pl.col("responsible").fill_null(value=True)
    )


def _turns(steps: pl.DataFrame, known: Known) -> pl.DataFrame:
    """From when to when whoever is responsible is one for whom the unit may act.

    Who hands a person over may be this workbook as well as other returns; of two that do it on one day that counts
    which is for the later period.
    """
    day, may = (*_PERSON, "since"), ("allowed", "without_heir")
    transfers = steps.filter((pl.col("step") == "transferred") & pl.col("on").is_not_null()).select(
        *_PERSON,
        pl.col("on").alias("since"),
        "period_last",
        allowed=pl.col(acts_for("receiver")).fill_null(value=False),
        without_heir=pl.col(without_heir("receiver")),
    )
    of_others = across.stated_by_others(known).filter(pl.col("step") == "transferred")
    later = transfers.join(of_others.rename({"on": "since"}), on=day).filter(pl.col("last") > pl.col("period_last"))
    own = transfers.join(later, on=day, how="anti").select(*day, *may)
    others = known.responsible.rename({"subject": "person"}).select(*day, *may)
    nobody_knows = own.join(others, on=_PERSON, how="anti").select(
        *_PERSON, since=None, allowed=True, without_heir=None
    )
    begun = pl.concat([others, nobody_knows.cast(others.schema)])
    turns = pl.concat([begun.join(own, on=day, how="anti"), own]).unique()
    return turns.sort("since", nulls_last=False).with_columns(until=pl.col("since").shift(-1).over(_PERSON))
