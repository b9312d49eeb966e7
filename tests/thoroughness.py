"""How many examples and rounds a test goes through: a few for each change, many more at night (`make nightly`).

With FEWER, as where the same tests run a second time on another server, a quarter of the few.
"""

import os

NIGHTLY = "NIGHTLY" in os.environ
FEWER = "FEWER" in os.environ


def times(few: int) -> int:
    """So many, or forty times as many at night."""
    if NIGHTLY:
        return 40 * few
    return -(-few // 4) if FEWER else few
