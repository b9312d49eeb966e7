"""Context columns that several sheets have."""

import polars as pl


def repeated(*keys: str) -> pl.Expr:
    """`repeated`: whether the same values stand in an earlier row of the submission; not where one cannot be read."""
    key = pl.struct("submission", *keys)
    readable = pl.all_horizontal(pl.col(k).is_not_null() for k in keys)
    return (~key.is_first_distinct() & readable).alias("repeated")
