"""The ways that people have gone, step by step."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text


class StepTaken(NamedTuple):
    """A step: the position of its event, the submission that it came with, and the person's `subject`."""

    position: int
    submission: str
    subject: str


def of_longest_way(connection: Connection, step: str, first: date, last: date) -> StepTaken:
    """Of the steps of a kind from day `first` to day `last`, the first that was taken by a person with the most steps.

    Raises NoResultFound where nobody took it.
    """
    row = connection.execute(
        text(
            "select a.stated, a.submission::text, a.subject::text from step a join step s using (subject)"
            " where a.step = :step and a.position_to is null and s.position_to is null"
            "   and a.on_date between :first and :last"
            " group by a.stated, a.position order by count(*) desc, min(a.on_date), a.stated limit 1"
        ),
        {"step": step, "first": first, "last": last},
    ).one()
    return StepTaken(*row)
