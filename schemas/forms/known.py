"""What the rows of workbooks are judged against beyond themselves: what is known of the people and units they name."""

from typing import NamedTuple

import polars as pl

from schemas.forms.limits import as_frame

_PERSON = {"submission": pl.String, "subject": pl.String}


class Known(NamedTuple):
    """What counts already about whom workbooks and the versions that they revise name; `submission` is the one judged.

    `subjects`: submission, identity, subject, renumbered (whether the number is another one than the person's last).
    `stated`: what other returns state: submission, subject, step, on, last (day of that return's period), by (the unit
    that reports). `before`: what the return itself stated in the version before: submission, subject, step, on, sheet,
    sheet_row. `responsible`: submission, subject, since, until (days, both included, null without end), allowed
    (whether the unit that reports may report of the person in these days), without_heir (the day since which the unit
    that is responsible has ended with none to follow it: anybody may, since then); only of those whom other returns
    identified.
    `units`: submission, written (the code as it is parsed), unit (id), kind, under (the kind of its superior), below
    (whether it lies under the unit that reports), acts_for (whether the unit that reports may act for it, as one that
    followed it or stands above in the period), without_heir (as above); one row at most for a submission and a code,
    none for a code of nobody.
    `limits`: see `schemas.forms.limits.as_frame`; what is usual where a submission has no row.
    """

    subjects: pl.DataFrame = pl.DataFrame(
        schema={"submission": pl.String, "identity": pl.String, "subject": pl.String, "renumbered": pl.Boolean}
    )
    stated: pl.DataFrame = pl.DataFrame(
        schema=_PERSON | {"step": pl.String, "on": pl.Date, "last": pl.Date, "by": pl.String}
    )
    before: pl.DataFrame = pl.DataFrame(
        schema=_PERSON | {"step": pl.String, "on": pl.Date, "sheet": pl.String, "sheet_row": pl.Int32}
    )
    responsible: pl.DataFrame = pl.DataFrame(
        schema=_PERSON | {"since": pl.Date, "until": pl.Date, "allowed": pl.Boolean, "without_heir": pl.Date}
    )
    units: pl.DataFrame = pl.DataFrame(
        schema=dict.fromkeys(("submission", "written", "unit", "kind", "under"), pl.String)
        | {"below": pl.Boolean, "acts_for": pl.Boolean, "without_heir": pl.Date}
    )
    limits: pl.DataFrame = as_frame({})

    @classmethod
    def nothing(cls) -> "Known":
        """Nobody is known."""
        return cls()
