"""Seeded people for the sample: names, birth dates and identity numbers that fit together. Nobody real is meant."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from flows.sample.names import Sex, draw_name

_BORN_IN = ("083",) * 92 + ("082", "084", "086", "079", "079", "080", "089", "091")
"""Province of birth registration, the first three digits: mostly Bến Tre, whose number begins with a zero."""


@dataclass(frozen=True)
class Person:
    """A member as the nominees sheet describes one; `source_group` is a SOURCE_GROUP code."""

    identity: str
    name: str
    birth_date: date
    sex: Sex
    ethnic_minority: bool
    source_group: str


class People:
    """Draws people whose identity numbers never repeat.

    The number's middle says century and sex (0 and 1: born before 2000, male and female; 2 and 3: from 2000 on) and
    the year of birth, as on real cards.
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def draw(self, random: Random, source_groups: tuple[str, ...], on: date) -> Person:
        """A person of 18 to 35 on the day `on`, mostly under 30, in one of the groups (likeliest the first)."""
        sex: Sex = "female" if random.random() < 0.48 else "male"
        group = source_groups[0] if random.random() < 0.6 else random.choice(source_groups)
        youngest, oldest = (18, 19) if group == "pupil" else (18, 23) if group == "student" else (19, 35)
        age = min(oldest, max(youngest, round(random.triangular(youngest, oldest, min(oldest, 24)))))
        birth_date = on - timedelta(days=age * 365 + age // 4 + random.randint(8, 360))
        return Person(
            identity=self._identity(random, sex, birth_date.year),
            name=draw_name(random, sex),
            birth_date=birth_date,
            sex=sex,
            ethnic_minority=random.random() < 0.025,
            source_group=group,
        )

    def _identity(self, random: Random, sex: Sex, year: int) -> str:
        while True:
            century = 2 * (year // 100 - 19) + (sex == "female")
            number = f"{random.choice(_BORN_IN)}{century}{year % 100:02}{random.randint(1000, 19999):06}"
            if number not in self._taken:
                self._taken.add(number)
                return number
