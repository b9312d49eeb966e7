"""What a policy is: a name, how its value is written and read, and what holds as long as nobody lays down another."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, Literal, TypeVar

from schemas.messages.translation import Language
from schemas.vocabulary.terms import Text

T = TypeVar("T")

Series = tuple[tuple[date, T], ...]
"""Values by the day from which each holds, until the next; the first day is long past."""

SINCE_EVER = date(1900, 1, 1)


def always(value: T) -> Series[T]:
    """One value for every day."""
    return ((SINCE_EVER, value),)


@dataclass(frozen=True)
class Policy(Generic[T]):
    """A rule with a value for each day.

    `read` makes a value of what was written, and raises ValueError; `words` says it to people. `usual` holds where
    nothing was laid down; where a form declares what is usual of it, `usual` is empty. Of a `unit` a value holds for
    it and all under it; what is of the `root` alone decides what figures count, so that all of them count alike.
    `narrowed` are the ways in which a value may be laid down for some only: by `form`, by `kind` of unit.
    """

    name: str
    title: Text
    written: Text
    read: Callable[[str], T]
    usual: Series[T]
    words: Callable[[T, Language], str] = field(default=lambda value, _: str(value))
    of: Literal["root", "unit"] = "unit"
    narrowed: frozenset[str] = frozenset()

    @property
    def bears(self) -> bool:
        """Whether it decides how all figures of a root are counted, so that a report names it."""
        return self.of == "root"


def whole(least: int, most: int) -> Callable[[str], int]:
    """What reads a whole number within bounds, both included."""

    def read(written: str) -> int:
        if not (written.isascii() and written.isdecimal() and least <= int(written) <= most):
            raise ValueError
        return int(written)

    return read
