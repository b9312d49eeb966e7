"""What an office lays down about the rows of a workbook: ages, votes, and which terms of the lists are in use."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from schemas.policies import gate
from schemas.policies.in_force import USUAL, Rules
from schemas.policies.vocabularies import IN_USE


class Limits(NamedTuple):
    """What holds for the rows of one submission; `in_use` are vocabulary's key and term's code, with a dot between.

    The votes for must be more than `vote_above` / `vote_below` of all members.
    """

    age_least: int
    age_most: int
    age_usual_least: int
    age_usual_most: int
    vote_above: int
    vote_below: int
    in_use: tuple[str, ...]


def limits(on: date, rules: Rules = USUAL, above: Sequence[str] = ()) -> Limits:
    """What holds on a day for a unit with all that is `above` it, itself first; of lists, for the top of these."""
    ages = (gate.AGE_LEAST, gate.AGE_MOST, gate.AGE_USUAL_LEAST, gate.AGE_USUAL_MOST)
    share = rules.in_force(gate.VOTE_SHARE, on, above).value
    in_use = (
        f"{key}.{code}" for key, policy in IN_USE.items() for code in rules.in_force(policy, on, above[-1:]).value
    )
    least, most, usual_least, usual_most = (rules.in_force(age, on, above).value for age in ages)
    return Limits(least, most, usual_least, usual_most, share.numerator, share.denominator, tuple(in_use))


_SCHEMA = {"submission": pl.String} | dict.fromkeys(Limits._fields[:-1], pl.Int64) | {"in_use": pl.List(pl.String)}


def as_frame(by_submission: Mapping[str, Limits]) -> pl.DataFrame:
    """One row a submission, with a column for each limit."""
    rows = [(submission, *of[:-1], list(of.in_use)) for submission, of in by_submission.items()]
    return pl.DataFrame(rows, _SCHEMA, orient="row")


def limit(name: str) -> str:
    """Name of the context column that holds a limit (a field of `Limits`) in every frame that is judged."""
    return f"limit:{name}"


def with_limits(frame: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """A frame of rows with the limits of its submissions; where none are known, what is usual."""
    usual = limits(date.max)
    named = known.rename({name: limit(name) for name in Limits._fields})
    return frame.join(named, on="submission", how="left", maintain_order="left").with_columns(
        *(pl.col(limit(name)).fill_null(value) for name, value in usual._asdict().items() if name != "in_use"),
        pl.col(limit("in_use")).fill_null(pl.lit(list(usual.in_use))),
    )
