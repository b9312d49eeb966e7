"""What happens at a period's end: quality checked, reports compiled, the period closed."""

from datetime import date
from typing import Literal

from msgspec import Struct

from events.types.base import Payload
from events.types.fields import Code, Count, Hash, Id, PeriodCode, Version


class ExpectationResult(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One expectation about a table: whether it was met, and how many rows broke it."""

    table: Code
    expectation: Code
    severity: Literal["error", "warning"]
    met: bool
    unexpected: Count = 0


class QualityChecked(Payload, frozen=True):
    """The warehouse was checked as of a log position; `passed` is false if an error-level expectation failed.

    Everything was, or what belongs to the units under a `root`.
    """

    period: PeriodCode
    position: Count
    passed: bool
    results: tuple[ExpectationResult, ...]
    root: Id | None = None


class ReportCompiled(Payload, frozen=True):
    """A unit's report on a period was compiled from the facts known at `position`, on the tree of `tree_on`."""

    unit: Id
    period: PeriodCode
    position: Count
    tree_on: date
    content_hash: Hash
    code_version: Version


class PeriodClosed(Payload, frozen=True):
    """All reports of `unit` and the units under it were compiled, `reports` of them, as known at `position`.

    `digest` is that of the whole warehouse as of the position, when they were compiled from it.
    """

    unit: Id
    period: PeriodCode
    position: Count
    reports: Count
    digest: Hash | None = None
