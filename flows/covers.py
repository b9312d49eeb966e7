"""Whose return on what a workbook is, as its cover says, held against the units as of its period."""

import unicodedata
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from events.ids import is_id
from schemas.forms.form import Form
from schemas.forms.owing import owes
from schemas.gate.workbook import Workbook
from schemas.periods import Period
from warehouse import policies
from warehouse.hierarchy.chains import chains
from warehouse.hierarchy.in_period import Lived, lived

K = TypeVar("K", bound=Hashable)


class Cover(NamedTuple):
    """What a cover says as far as it holds; `problems` are the codes of findings about the rest."""

    unit: str | None
    period: Period | None
    form: Form | None
    problems: tuple[str, ...] = ()


def read_covers(connection: Connection, books: Mapping[K, Workbook], position: int) -> dict[K, Cover]:
    """Each workbook's cover: a unit counts that lived on a day of the period, under any code that it bore in it."""
    periods = {key: book.known_period() for key, book in books.items()}
    asked = {
        key: (book.unit, period)
        for key, book in books.items()
        if book.unit and is_id(book.unit) and (period := periods[key])
    }
    found = lived(connection, set(asked.values()), position) if asked else {}
    rules = policies.rules(connection, position)
    above = chains(connection, {(unit, period.last) for unit, period in asked.values()}, position) if rules else {}

    def owed(key: K, form: Form) -> bool:
        unit, period = asked[key]
        chain = above.get((unit, period.last), ())
        return any(owes(form, period, kind, rules, chain) for kind in found[unit, period].kinds)

    return {
        key: _cover(book, periods[key], found.get(asked[key]) if key in asked else None, partial(owed, key))
        for key, book in books.items()
    }


def _cover(book: Workbook, period: Period | None, unit: Lived | None, owed: Callable[[Form], bool]) -> Cover:
    if book.form is None:
        return Cover(None, None, None)
    problems = []
    if period is None:
        return Cover(None, None, book.form, ("cover.period_unknown",))
    if unit is None or _plain(book.hidden_code) not in map(_plain, unit.codes):
        return Cover(None, period, book.form, ("cover.unit_unknown",))
    if _plain(book.unit_code) != _plain(book.hidden_code):
        problems.append("cover.unit_mismatch")
    if book.period != book.hidden_period:
        problems.append("cover.period_mismatch")
    if not owed(book.form):
        problems.append("cover.unit_owes_none")
    return Cover(book.unit, period, book.form, tuple(problems))


def _plain(code: str | None) -> str:
    """A code in one spelling."""
    return unicodedata.normalize("NFC", code or "").strip().casefold()
