"""The people whose names were handed to Party committees, one by one: what the yearly list is made of."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, text


class HandedOver(NamedTuple):
    """A person on the list: when and by which unit handed over, under which document, and what counts by people.

    `commitment` is that of the record in the vault which counts.
    """

    subject: str
    unit: str
    on: date
    document: str | None
    sex: str
    ethnic_minority: bool
    source_group: str
    commitment: str


def handed_over(connection: Connection, first: date, last: date) -> list[HandedOver]:
    """Everybody handed over on a day from `first` to `last`, once, as handed over last; in no order."""
    rows = connection.execute(
        text(
            "select distinct on (s.subject) s.subject::text, s.unit::text, s.on_date, s.document,"
            "  n.sex, n.ethnic_minority, n.source_group, n.commitment"
            " from step s join nominee n on n.subject = s.subject and n.position_to is null"
            " where s.step = 'handed_over' and s.position_to is null and s.on_date between :first and :last"
            " order by s.subject, s.on_date desc, s.stated desc"
        ),
        {"first": first, "last": last},
    )
    return [HandedOver(*row) for row in rows]


def commitment_of(connection: Connection, subject: str) -> str | None:
    """The commitment of a nominee's record that counts; None for whom nobody identifies any more."""
    return connection.execute(
        text("select commitment from nominee where subject = :subject and position_to is null"), {"subject": subject}
    ).scalar()
