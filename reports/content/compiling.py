"""A report's content as data: what every renderer lays out, what is hashed, and what is kept when issued.

Keys: format, code_version, position, status, unit, superior, period, tree_on, policies (that it was compiled under),
recipients, columns, rows, submissions. A row's
`values` follow `columns`: integers, rates as decimal text in percent, or null; a grade is an integer whose wording
its column's `grades` give. Null is what is not known (nobody whose figure it is reported it; no target was set), which
zero is not. A row's `returns` are how many of the returns that it rests on count, and how many are owed; null where
none is owed within the period. It holds no personal data.

On the tree of another day than the period's last, `issued` says what was issued on the period: the `position` that it
shows and the day `on` which it was compiled; null where nothing was.

A row is `undecidable` (a key that other rows lack) where it holds the figures of a unit that does not live on the
tree's day, and which units that do they belong to is not known; they are part of the totals above it. `beyond`, where
there is any, lists such rows that stand under no unit of the tree.

A report that takes the place of one issued before has `restates`: the `position` of that one, and `figures`, each main
figure of the unit that differs with its `code`, its value `before` and `now`.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from events.errors import UsageError
from events.log.canonical import dumps
from reports.content.before import Issued, restated
from schemas.forms.family import periods_within
from schemas.indicators.catalogue import BY_CODE, FIGURES, Figure
from schemas.indicators.indicator import Grade, Indicator, Rate, Target
from schemas.messages.translation import LANGUAGES
from schemas.periods import Period
from schemas.policies.catalogue import POLICIES
from schemas.policies.offices import OF_A_PROVINCE, OF_OTHERS, RECIPIENTS
from schemas.policies.rating import NOMINATION_SCALE, Scale
from schemas.policies.vocabularies import IN_USE
from schemas.vocabulary.terms import CRITERION_GRADES
from warehouse import program
from warehouse.facts.basis import Basis, basis
from warehouse.facts.coverage import Coverage, coverage
from warehouse.facts.rollup import Figures, figures
from warehouse.hierarchy import Unit

FORMAT = 3

Content = Mapping[str, Any]


def _column(figure: Figure) -> dict[str, Any]:
    indicator, breakdown, term = figure
    column: dict[str, Any] = {
        "code": figure.code,
        "kind": indicator.kind,
        "title": indicator.title._asdict(),
        "short": (indicator.short or indicator.title)._asdict(),
        "breakdown": breakdown
        and {
            "of": breakdown.code,
            "of_title": breakdown.title._asdict(),
            "value": term,
            "title": breakdown.terms[term]._asdict(),
        },
    }
    if not breakdown:
        column |= {"definition": indicator.definition._asdict(), "measured_in": indicator.measured_in._asdict()}
    if not breakdown and indicator.cell:
        column["cell"] = list(indicator.cell)
    if isinstance(indicator, Grade):
        column["grades"] = {str(grade): title._asdict() for grade, title in CRITERION_GRADES.items()}
    return column


_SHOWN = {code: figure for code, figure in FIGURES.items() if figure.indicator.kind != "submission"}
COLUMNS = [_column(figure) for figure in _SHOWN.values()]


@dataclass(frozen=True)
class Compilation:
    """The figures of a period on their basis: the report of any unit of the root is cut from them."""

    basis: Basis
    figures: Figures
    coverage: Coverage

    @property
    def period(self) -> Period:
        """What is reported on."""
        return self.basis.period

    @property
    def position(self) -> int:
        """As of which everything is known."""
        return self.basis.position

    @property
    def tree_on(self) -> date:
        """The day of the tree."""
        return self.basis.tree_on

    def content(self, unit: str, status: str, before: Issued | None = None) -> Content:
        """The content of one unit's report; `status` is official or preliminary. UsageError `unit_not_in_tree`.

        `before` is what was issued last for the unit and the period, if this is to take its place.
        """
        at, tree = self._at(unit), self.figures.tree
        top, end = tree[at], self._end(at)
        superior = tree[self._place[top.parent]] if top.parent in self._place else None
        return {
            "format": FORMAT,
            "code_version": program.code_version(),
            "position": self.position,
            "status": status,
            "unit": _named(top) | {"place": _place_name([tree[self._place[above]] for above in top.path])},
            "superior": superior and {"code": superior.code, "name": superior.name},
            "period": {
                "code": self.period.code,
                "kind": self.period.kind,
                "first": self.period.first.isoformat(),
                "last": self.period.last.isoformat(),
                "counted_from": self._window[0].isoformat(),
                "counted_until": self._window[1].isoformat(),
            },
            "tree_on": self.tree_on.isoformat(),
            "policies": self._policies,
            "recipients": list(self._recipients(top)),
            "columns": self._columns,
            "rows": [row | {"depth": row["depth"] - top.depth} for row in map(self._row, range(at, end))],
            "submissions": self._submissions(unit, at, end),
            **({"beyond": beyond} if top.depth == 0 and (beyond := self._beyond) else {}),
            **({"restates": restated(before, self._main(at))} if before else {}),
        }

    def figure(self, unit: str, code: str) -> int | str | None:
        """One main figure of a unit, by the indicator's code; None where it is not known."""
        return value_of(BY_CODE[code], self._found(unit), self.scale)

    def units_under(self, root: str) -> list[str]:
        """The ids of a unit and of all that live under it, in the order of the tree. UsageError `unit_not_in_tree`."""
        at = self._at(root)
        return [unit.unit for unit in self.figures.tree[at : self._end(at)] if not unit.undecidable]

    def _at(self, unit: str) -> int:
        try:
            return self._place[unit]
        except KeyError:
            raise UsageError("unit_not_in_tree", unit=unit, on=self.tree_on.isoformat()) from None

    @cached_property
    def _place(self) -> dict[str, int]:
        return {unit.unit: i for i, unit in enumerate(self.figures.tree)}

    @cached_property
    def _made(self) -> dict[int, dict[str, Any]]:
        """The rows that were asked for: one province's report needs few of a country's."""
        return {}

    def _row(self, at: int) -> dict[str, Any]:
        if at not in self._made:
            unit = self.figures.tree[at]
            self._made[at] = (
                _named(unit)
                | {"depth": unit.depth, "returns": self._returns(unit.unit), "values": self._values(unit.unit)}
                | ({"undecidable": True} if unit.undecidable else {})
            )
        return self._made[at]

    def _main(self, at: int) -> dict[str, int | str | None]:
        """The figures of a row that are no part of a breakdown, by code."""
        pairs = zip(_SHOWN.items(), self._row(at)["values"], strict=True)
        return {code: value for (code, figure), value in pairs if not figure.breakdown}

    @property
    def _rows(self) -> list[dict[str, Any]]:
        return [self._row(at) for at in range(len(self.figures.tree))]

    @property
    def _beyond(self) -> list[dict[str, Any]]:
        tree = self.figures.tree
        return [self._row(at) for at, unit in enumerate(tree) if unit.undecidable and unit.depth == 0]

    def _end(self, at: int) -> int:
        """Where the subtree that begins at `at` ends: the tree is in depth-first order."""
        tree = self.figures.tree
        return next((i for i in range(at + 1, len(tree)) if tree[i].depth <= tree[at].depth), len(tree))

    @cached_property
    def _window(self) -> tuple[date, date]:
        return self.basis.window(self.period)

    @cached_property
    def _policies(self) -> list[dict[str, Any]]:
        """What the root had laid down about counting, or what is usual, in words."""
        held = [(policy, self.basis.in_force(policy)) for policy in POLICIES.values() if policy.bears and policy.usual]
        return [
            {
                "policy": policy.name,
                "title": policy.title._asdict(),
                "value": {language: policy.words(found.value, language) for language in LANGUAGES},
                "since": found.by and found.since.isoformat(),
                "order": found.by and found.by.order,
            }
            for policy, found in held
            if found.by or policy.name not in _LISTS
        ]

    @cached_property
    def _columns(self) -> list[dict[str, Any]]:
        """The columns, with terms called as the root calls them."""
        called = {
            key: {code: title for code, title in self.basis.in_force(policy).value.items() if title}
            for key, policy in IN_USE.items()
        }
        return [_called(column, called) for column in COLUMNS] if any(called.values()) else COLUMNS

    def _recipients(self, unit: Unit) -> Sequence[str]:
        usual = OF_A_PROVINCE if unit.kind == "province" else OF_OTHERS
        held = self.basis.rules.in_force(RECIPIENTS, self.period.last, (unit.unit,), kind=unit.kind, usual=usual)
        return held.value

    @cached_property
    def scale(self) -> Scale:
        """What the nomination criterion is worth."""
        scale: Scale = self.basis.in_force(NOMINATION_SCALE).value
        return scale

    def _values(self, unit: str) -> list[int | str | None]:
        found = self._found(unit)
        return [
            found.get(code, None if found.get(figure.indicator.code, 0) is None else 0)
            if figure.breakdown
            else value_of(figure.indicator, found, self.scale)
            for code, figure in _SHOWN.items()
        ]

    def _found(self, unit: str) -> Mapping[str, int | None]:
        """The counted figures of a unit; None where one is not known, zero where it is missing."""
        return {**self.coverage.unknown(unit), **self.figures.values[unit]}

    def _returns(self, unit: str) -> list[int] | None:
        if not self._owing:
            return None
        found = self.figures.values[unit]
        return [found.get("submissions.counted", 0), found.get("submissions.expected", 0)]

    @cached_property
    def _owing(self) -> bool:
        """Whether any return is owed within the period: in a few days of a quarter none is."""
        return bool(periods_within(self.period))

    def _submissions(self, unit: str, at: int, end: int) -> dict[str, Any]:
        found = self.figures.values[unit]
        counts = {
            key: found.get(f"submissions.{key}", 0) if self._owing else None
            for key in ("expected", "received", "counted", "on_time", "not_counted")
        }
        return counts | {"missing": list(self._missing(at, end))}

    def _missing(self, at: int, end: int) -> Iterator[dict[str, str | None]]:
        """The units of which nothing came that they owe themselves, whatever those below them owe."""
        tree = self.figures.tree[at:end]
        owed = [self._owed(unit.unit) for unit in tree]
        own = list(owed)
        above = [self._place.get(unit.parent or "") for unit in tree]
        for place, of_all in zip(above, owed, strict=True):
            if place is not None and place >= at:
                own[place - at] -= of_all
        for unit, place, count in zip(tree, above, own, strict=True):
            if count > 0:
                superior = None if place is None else self.figures.tree[place].name
                yield {"code": unit.code, "name": unit.name, "superior": superior}

    def _owed(self, unit: str) -> int:
        found = self.figures.values[unit]
        return found.get("submissions.expected", 0) - found.get("submissions.received", 0)


_LISTS = {policy.name for policy in IN_USE.values()}


def _called(column: dict[str, Any], called: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """A column with the name that an office gave to the term that it is about."""
    part, (thing, _, place) = column["breakdown"], column["code"].partition(".")
    key, term = (part["of"], part["value"]) if part else ({"rated": "grade"}.get(thing, thing), place)
    name = called.get(key, {}).get(term)
    if name is None:
        return column
    title = dict.fromkeys(LANGUAGES, name)
    return {**column, "breakdown": {**part, "title": title}} if part else {**column, "title": title, "short": title}


def compile_period(
    connection: Connection, period: Period, position: int, tree_on: date | None = None, root: str | None = None
) -> Compilation:
    """All figures of a period as known at a log position, on the tree of a day (the period's last if left out).

    Of the units under `root`; of all where it is left out. Compiled again at the same position, they are the same.
    """
    of = basis(connection, period, position, tree_on, root)
    return Compilation(of, figures(connection, of), coverage(connection, of))


def value_of(indicator: Indicator, found: Mapping[str, int | None], scale: Scale) -> int | str | None:
    """What a report shows of an indicator, from counted figures by code; `scale` is for grades.

    They are zero where missing, and None where they are unknown.
    """
    match indicator:
        case Rate():
            share = _percent(indicator, found)
            return None if share is None else str(share.quantize(Decimal("0.1"), ROUND_HALF_UP))
        case Grade():
            rate = BY_CODE[indicator.rate]
            share = _percent(rate, found) if isinstance(rate, Rate) else None
            return None if share is None else max(grade for grade, least in scale.items() if share >= least)
        case Target():
            return found.get(indicator.code)
    return found.get(indicator.code, 0)


def encode(content: Content) -> tuple[bytes, str]:
    """The canonical bytes of a content and their SHA-256 in hexadecimal."""
    written = dumps(content)
    return written, hashlib.sha256(written).hexdigest()


def _named(unit: Unit) -> dict[str, Any]:
    return {"id": unit.unit, "code": unit.code, "name": unit.name, "kind": unit.kind, "level": unit.level}


def _place_name(above: Sequence[Unit]) -> str:
    """Where a document is dated: in the province, or else at the top; its name without what its Union unit is called.

    `above` leads from the top to the unit that reports.
    """
    place = next((unit for unit in above if unit.kind == "province"), above[0])
    return place.name.removeprefix("Tỉnh đoàn ").removeprefix("Thành đoàn ")


def _percent(rate: Rate, found: Mapping[str, int | None]) -> Decimal | None:
    above, below = found.get(rate.numerator, 0), found.get(rate.denominator, 0)
    return Decimal(100 * above) / Decimal(below) if below and above is not None else None
