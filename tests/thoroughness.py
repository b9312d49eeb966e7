"""How many examples and rounds a test goes through: a few for each change, many more at night (`make nightly`)."""

import os

NIGHTLY = "NIGHTLY" in os.environ


def times(few: int) -> int:
    """So many, or forty times as many at night."""
    return 40 * few if NIGHTLY else few
