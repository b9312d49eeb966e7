"""What an expectation about the warehouse is, and the queries that most of them are made of."""

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.findings import Severity
from schemas.vocabulary.terms import Text


@dataclass(frozen=True)
class Expectation:
    """One thing that must hold. An `error` stops the period's reports, a `warning` is shown.

    `code` is the table's name, a dot and a name of its own; as events carry it, it is never given another meaning.
    `broken` is the query of the rows that break it, one row for each. In it `{batch}` stands for the table, and every
    table is read as of the position that is being checked: of facts the rows that count, of submissions also whether
    they do (`counts`). Beside the warehouse's tables there are `version` (fact, position, position_to: every row of
    every fact, not only those that count), `tree` (unit, parent, code, level: the units on the period's last day, their
    ids as text), `checked_period` (first, last, codes: its own and those of the periods within it), `logged` (name,
    position, recorded, projected: events and the rows that they make), `digest` (name, live, anew: of each table), and
    of the figures without breakdown `figure` (unit, parent, code, value, own, below), `total` (code, value, shown) and
    `issued` (period, code, issued, recounted: of quarters that were closed).
    """

    code: str
    severity: Severity
    title: Text
    broken: str

    @property
    def table(self) -> str:
        """The table that it is about."""
        return self.code.partition(".")[0]


def error(code: str, vi: str, en: str, broken: str) -> Expectation:
    """An expectation without which no report is compiled."""
    return Expectation(code, "error", Text(vi, en), broken)


def warning(code: str, vi: str, en: str, broken: str) -> Expectation:
    """An expectation whose failure is shown, and stops nothing."""
    return Expectation(code, "warning", Text(vi, en), broken)


def rows(condition: str) -> str:
    """The rows (`this`) for which the condition is true."""
    return f"select 1 from {{batch}} as this where {condition}"


def one_per(*columns: str) -> str:
    """The sets of rows that are equal in these columns."""
    return f"select 1 from {{batch}} as this group by {', '.join(columns)} having count(*) > 1"


def without(table: str, match: str, when: str = "true") -> str:
    """The rows `when` it is so that have no match (`other`) in another table."""
    return rows(f"{when} and not exists (select 1 from {table} as other where {match})")


def outside(column: str, codes: Iterable[str]) -> str:
    """The rows whose column holds something, and none of the codes."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return rows(f"{column} not in ({listed})")
