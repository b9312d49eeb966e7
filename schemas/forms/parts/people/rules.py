"""What must hold of people and their steps.

Ages and the share of votes are laid down by policies (`schemas.policies.gate`).
"""

import polars as pl

from schemas.forms.judging import Rules, raw, unit_of
from schemas.forms.limits import limit
from schemas.vocabulary.steps import STEPS

_col = pl.col
# Only of days in time: one after the period is a fault of its own, whatever age comes of it.
_age = pl.when(pl.max_horizontal("on", "birth_date") <= _col("period_last")).then(
    _col("on").dt.year() - _col("birth_date").dt.year()
)
_sex_digit = _col("identity").str.slice(3, 1).cast(pl.Int32, strict=False)
_identity_year = 1900 + 100 * (_sex_digit // 2) + _col("identity").str.slice(4, 2).cast(pl.Int32, strict=False)

_VOTES = ("total", "present", "votes_for", "votes_against")
_by_vote = _col("step").is_in([code for code, step in STEPS.items() if step.votes])
_states_vote = (_col("step") == "voted") | (
    _by_vote & pl.any_horizontal(_col(raw(key)).is_not_null() for key in _VOTES)
)
_transfers = _col("step") == "transferred"


def _whole_vote(key: str) -> pl.Expr:
    """A vote is four numbers or none; the branch's own is never none."""
    return ~_states_vote | _col(raw(key)).is_not_null()


NOMINEE_ERRORS: Rules = {
    "identity": {
        "identity.structure": _sex_digit.is_between(0, 3),
        "nominee.duplicate": ~_col("repeated"),
        "nominee.elsewhere": ~_col("elsewhere"),
    },
    "birth_date": {"nominee.age": _age.is_between(_col(limit("age_least")), _col(limit("age_most")))},
    "on": {"step.after_follower": _col("on") <= _col("first_follower_on")},
}

NOMINEE_WARNINGS: Rules = {
    "identity": {"nominee.renumbered": ~_col("renumbered")},
    "birth_date": {
        "nominee.birth_year_differs": _identity_year == _col("birth_date").dt.year(),
        "nominee.age_unusual": _age.is_between(_col(limit("age_usual_least")), _col(limit("age_usual_most"))),
    },
    "sex": {"nominee.sex_differs": (_sex_digit % 2 == 1) == (_col("sex") == "female")},
    "on": {"date.before_period": _col("on") >= _col("period_first")},
}

STEP_ERRORS: Rules = {
    "identity": {"step.unknown_nominee": _col("known"), "step.not_responsible": _col("responsible")},
    "step": {"step.duplicate": ~_col("repeated")},
    "on": {
        "step.before_predecessor": _col("on") >= _col("predecessor_on"),
        "step.after_follower": _col("on") <= _col("first_follower_on"),
    },
    "total": {"votes.missing": _whole_vote("total")},
    "present": {
        "votes.missing": _whole_vote("present"),
        "votes.above_total": _col("present") <= _col("total"),
    },
    "votes_for": {
        "votes.missing": _whole_vote("votes_for"),
        "votes.above_total": _col("votes_for") <= _col("total"),
        "votes.above_present": _col("votes_for") + _col("votes_against").fill_null(0) <= _col("present"),
    },
    "votes_against": {"votes.missing": _whole_vote("votes_against")},
    "receiver": {
        "step.receiver_without_transfer": _transfers | _col(raw("receiver")).is_null(),
        "step.receiver_same": _col(unit_of("receiver")) != _col("unit"),
    },
}

STEP_WARNINGS: Rules = {
    "on": {"date.before_period": _col("on") >= _col("period_first")},
    "step": {"step.without_predecessor": _col("has_predecessor")},
    "votes_for": {
        "votes.too_few": ~_col("step").is_in(["voted", "nominated"])
        | (_col(limit("vote_below")) * _col("votes_for") > _col(limit("vote_above")) * _col("total"))
    },
}
