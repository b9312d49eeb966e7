"""What must hold of activities."""

import polars as pl

from schemas.forms.judging import Rules

ERRORS: Rules = {
    "members": {"activity.members_above_participants": pl.col("members") <= pl.col("participants")},
}
WARNINGS: Rules = {"on": {"date.before_period": pl.col("on") >= pl.col("period_first")}}
