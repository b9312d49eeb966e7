"""Facts as a form states them: what is needed to make them of its rows, and where each stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from events.types.base import Payload
from schemas.periods import Period


@dataclass(frozen=True)
class Stating:
    """Whose rows they are and what stands behind them.

    `unit` is the id of the unit that reports. `subjects` maps identity numbers to people, `commitments` people to the
    commitment of their record in the vault, `units` codes as they are parsed to ids: all that the rows name.
    """

    submission: str
    unit: str
    period: Period
    subjects: Mapping[str, str]
    commitments: Mapping[str, str]
    units: Mapping[str, str]


class Fact(NamedTuple):
    """A fact, and the sheet (its key) and row that state it."""

    payload: Payload
    sheet: str
    row: int
