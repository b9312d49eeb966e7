"""A report's content as its renderers look at it: in one language, with what belongs together."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from events.log.canonical import dumps
from reports.content.figures import NOT_KNOWN, Value, day, period
from reports.content.parts import Column, Missing, Row, printable, read_column
from schemas.messages.translation import Language, text

Content = Mapping[str, Any]

SUBMISSION_RATES = ("completeness", "timeliness")
SUMMARY = ("stock", "count", "rate", "target", "grade")
"""Kinds of the columns that a report's first table shows."""

WINDOWS = ("period", "late", "year", "term", "union_term")
"""Places of the table of steps over time."""

ATTENDANCE = ("held", "participants", "members")
"""Places of the table of activities."""

RATED = ("rated",)
"""The place of the table of ratings."""

FAMILIES = {
    "cumulative": ("late", "cumulative"),
    "due": ("standing", "due"),
    "activities": ("activity", "outcome"),
    "ratings": ("rating",),
}
"""Kinds of the columns of the further tables, by what the table is called in messages."""


@dataclass(frozen=True)
class View:
    """A content in one language. Names are cleaned of what no document can hold and cut at a length that prints."""

    content: Content
    language: Language
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def text(self, key: str, /, **details: object) -> str:
        """The message `report.<key>` in this language."""
        return text(f"report.{key}", self.language, **details)

    @property
    def top(self) -> Row:
        """The unit that reports, with its totals."""
        return self.rows[0]

    @cached_property
    def children(self) -> tuple[Row, ...]:
        """The units directly below."""
        return tuple(row for row in self.rows if row.depth == 1)

    @cached_property
    def main(self) -> tuple[Column, ...]:
        """The columns that are no part of a breakdown; of ratings, where anybody was rated."""
        rated = any(self.top.values[column.index] for column in self.columns if column.kind == "rating")
        return tuple(column for column in self.columns if column.of is None and (column.kind != "rating" or rated))

    @cached_property
    def results(self) -> tuple[Column, ...]:
        """Main columns that count what happened in the period, in the order of the steps."""
        return self.of_kind("count")

    def of_kind(self, *kinds: str) -> tuple[Column, ...]:
        """Main columns of these kinds; the two rates of submissions are not among the rates."""
        return tuple(c for c in self.main if c.kind in kinds and c.code not in SUBMISSION_RATES)

    @cached_property
    def breakdowns(self) -> dict[str, tuple[Column, ...]]:
        """What figures are broken down by, to the columns of its parts."""
        found: dict[str, list[Column]] = {}
        for column in self.columns:
            if column.of is not None:
                found.setdefault(column.of, []).append(column)
        return {of: tuple(columns) for of, columns in found.items()}

    def table(self, places: Sequence[str]) -> list[tuple[Column, tuple[Column | None, ...]]]:
        """Columns that are cells of a table with these places: a column that names the row, and one for each place.

        Things of which only the first place is known have no row.
        """
        rows: list[tuple[str, dict[str, Column]]] = []
        for column in self.main:
            if column.cell is None or column.cell[1] not in places:
                continue
            thing, place = column.cell
            found = next((cells for row, cells in rows if row == thing and place not in cells), None)
            if found is None:
                rows.append((thing, found := {}))
            found[place] = column
        return [
            (next(iter(cells.values())), tuple(cells.get(place) for place in places))
            for _, cells in rows
            if set(cells) != {"period"}
        ]

    def family(self, *kinds: str) -> tuple[Column, ...]:
        """Main columns of these kinds, in order of the content."""
        return tuple(column for column in self.main if column.kind in kinds)

    def column(self, code: str) -> Column | None:
        """The column with this code, if the content has it."""
        return self._by_code.get(code)

    def target_of(self, column: Column) -> Column | None:
        """The column with the target for a main column, if there is one."""
        return self.column(f"target.{column.code}")

    def attained_of(self, column: Column) -> Column | None:
        """The column with the percentage of its target that a main column reached, if there is one."""
        return self.column(f"{column.code}_share")

    def to_date(self, column: Column) -> Column:
        """The column that counts the same from the year's first day, which targets are compared with; else itself."""
        wanted = column.cell and (column.cell[0], "year")
        return next((c for c in self.main if wanted and c.cell == wanted), column)

    def trace_id(self, row: Row, column: Column) -> str:
        """What `nguon trace` is asked for this figure as it is printed here, whatever has been recorded since."""
        return f"{self.content['period']['code']}:{row.traced}:{column.code} {self.as_printed}"

    @cached_property
    def as_printed(self) -> str:
        """What makes `nguon trace` answer as of this report, and on its tree."""
        content = self.content
        tree = f" --tree-on {content['tree_on']}" if self.on_another_tree else ""
        return f"--as-of {content['position']}{tree}"

    @property
    def on_another_tree(self) -> bool:
        """Whether the tree is that of another day than the period's last, on which nothing is issued."""
        return bool(self.content["tree_on"] != self.content["period"]["last"])

    @property
    def status(self) -> str:
        """Whether this was issued, is preliminary, or was only laid out on another tree."""
        return self.text("another_tree" if self.on_another_tree else self.content["status"])

    @cached_property
    def issued(self) -> str:
        """What was issued on the period; empty in a report on the period's own tree."""
        if not self.on_another_tree:
            return ""
        issued, last = self.content.get("issued"), self.day(self.content["period"]["last"])
        if issued is None:
            return self.text("issued_nothing", last=last)
        return self.text("issued_then", last=last, position=issued["position"], on=self.day(issued["on"]))

    @cached_property
    def coverage(self) -> tuple[Column, ...]:
        """How many of the returns that a row rests on count, and how many are owed; empty where none is owed."""
        if self.content["rows"][0]["returns"] is None:
            return ()
        titles = {key: self.text(f"coverage.{key}") for key in ("counted", "expected")}
        return tuple(
            Column(
                index=index,
                code=f"submissions.{key}",
                kind="submission",
                title=title,
                short=title,
                definition="",
                measured_in="",
                base="submissions",
                of=None,
                of_title="",
                part="",
                grades={},
                cell=None,
            )
            for index, (key, title) in enumerate(titles.items(), start=len(self.columns))
        )

    def covered(self, row: Row) -> str:
        """How many of how many returns count that a row rests on: `467/1.652`; a dash where none is owed."""
        return "/".join(self.figure(row, column) for column in self.coverage) or NOT_KNOWN

    @property
    def rests_on(self) -> str:
        """What the figures rest on, in words; empty where no return is owed within the period."""
        return self.text("coverage.said", returns=self.covered(self.top)) if self.coverage else ""

    @cached_property
    def lines(self) -> tuple[Row, ...]:
        """The rows of figures that belong to no one unit of the tree."""
        return tuple(
            row for row, content in zip(self.rows, self.content["rows"], strict=True) if content.get("undecidable")
        )

    @cached_property
    def example(self) -> str:
        """The trace id of the first counted figure of the unit that reports."""
        return self.trace_id(self.top, next(iter(self.results), self.columns[0]))

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical content, in hexadecimal."""
        return hashlib.sha256(dumps(self.content)).hexdigest()

    @property
    def period(self) -> str:
        """The period in words."""
        return period(self.content["period"], self.language)

    @property
    def subject(self) -> str:
        """What the report is about, with its period."""
        return f"{self.text('subject')}, {self.period}"

    @property
    def as_of(self) -> str:
        """The days that figures and hierarchy belong to."""
        content = self.content
        return self.text(
            "as_of",
            last=self.day(content["period"]["counted_until"]),
            tree_on=self.day(content["tree_on"]),
        )

    def day(self, written: str) -> str:
        """An ISO date in this language."""
        return day(written, self.language)

    def figure(self, row: Row, column: Column) -> str:
        """A row's value as people read it."""
        return column.shown(row.values[column.index], self.language)

    @cached_property
    def restated(self) -> tuple[tuple[Column, Value, Value], ...]:
        """Each figure that the report before this one gave otherwise: its column, its value then and now."""
        return tuple(
            (column, figure["before"], figure["now"])
            for figure in self.content.get("restates", {}).get("figures", ())
            if (column := self.column(figure["code"]))
        )

    @cached_property
    def policies(self) -> tuple[tuple[str, str, str, str], ...]:
        """The policies that the figures were counted under: title, value, since when, and by which document."""
        return tuple(
            (
                one["title"][self.language],
                one["value"][self.language],
                self.day(one["since"]) if one["since"] else self.text("policies.usual"),
                one["order"] or "",
            )
            for one in self.content["policies"]
        )

    @cached_property
    def causes(self) -> str:
        """The command that lists the causes of what `restated` shows; empty where no report stood before this one."""
        if not (before := self.content.get("restates")):
            return ""
        place = f"{self.top.code} {self.content['period']['code']}"
        return f"nguon changes {place} --issued {before['position']} --as-of {self.content['position']}"

    @cached_property
    def footer(self) -> str:
        """The line that binds a page to the content: period, log position, beginning of the hash."""
        content = self.content
        return self.text(
            "footer",
            period=content["period"]["code"],
            position=content["position"],
            hash=self.hash[:16],
        )

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """The units that owe a report."""
        entries = self.content["submissions"]["missing"]
        return tuple(Missing(e["code"], printable(e["name"]), printable(e["superior"] or "")) for e in entries)

    def missing_by_child(self) -> Iterator[tuple[Row, int]]:
        """Each unit directly below with the number of units in it, itself included, that owe a report; none with 0."""
        missing = {entry.code for entry in self.missing}
        heads = [place for place, row in enumerate(self.rows) if row.depth == 1]
        for head, end in zip(heads, [*heads[1:], len(self.rows)], strict=True):
            if count := sum(row.code in missing for row in self.rows[head:end]):
                yield self.rows[head], count

    @cached_property
    def _by_code(self) -> dict[str, Column]:
        return {column.code: column for column in self.columns}


def look(content: Content, language: Language) -> View:
    """Read a content (`reports/content.py` says its shape) for a renderer."""
    columns = tuple(read_column(index, column, language) for index, column in enumerate(content["columns"]))
    rows = tuple(
        Row(
            row["code"],
            _name(row, language),
            row["depth"],
            [*row["values"], *(row["returns"] or ())],
            # Another unit may bear the code of one whose figures are but a line.
            row["id"] if row.get("undecidable") else row["code"],
        )
        for row in content["rows"]
    )
    return View(content, language, columns, rows)


def _name(row: Mapping[str, Any], language: Language) -> str:
    name = row["name"]
    return printable(text("report.undecidable", language, name=name) if row.get("undecidable") else name)
