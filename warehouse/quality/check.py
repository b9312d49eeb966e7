"""The quality checkpoint: what must hold in the warehouse as of a position, checked before reports are compiled.

Great Expectations runs the checks in the database, set-wise, and writes its Data Docs as evidence. It is told how many
rows break an expectation, never which.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from events.types.reports import ExpectationResult
from schemas.expectations.catalogue import EXPECTATIONS
from schemas.expectations.expectation import Expectation
from schemas.periods import Period
from warehouse.hierarchy.history import last_codes
from warehouse.quality import digest, tables


@dataclass(frozen=True)
class QualityResult:
    """What a run found; `passed` unless an error-level expectation failed. `site` is the Data Docs' front page."""

    passed: bool
    results: tuple[ExpectationResult, ...]
    site: Path
    position: int
    period: str

    @property
    def failed(self) -> tuple[str, ...]:
        """The codes of the error-level expectations that were not met."""
        return tuple(r.expectation for r in self.results if r.severity == "error" and not r.met)


def check(
    engine: Engine,
    period: Period,
    position: int,
    docs_folder: Path,
    expectations: Sequence[Expectation] = EXPECTATIONS,
    *,
    root: str | None = None,
) -> QualityResult:
    """Check the projected tables as of `position`, and write the period's Data Docs to `docs_folder/<period>/`.

    With `root`, only what belongs to the units under it or to nobody, to `docs_folder/<period>@<root's code>/`. A site
    that stands there is replaced once the new one is complete. One run a period at a time. Raises TransientError
    `quality_unfinished` if an expectation could not be checked.
    """
    from warehouse.quality import checkpoint, site

    with engine.connect() as connection:
        found = tables.as_of(connection, period, position)
        batches = tables.of_root(connection, found, period, position, root) if root else found
        name = period.code if root is None else f"{period.code}@{last_codes(connection, [root], position)[root]}"
    if any(expectation.table == "digest" for expectation in expectations):
        batches = {**batches, "digest": digest.query(engine)}
    pages, building = docs_folder / name, docs_folder / f".{name}"
    shutil.rmtree(building, ignore_errors=True)
    broken = checkpoint.run(engine, f"{name}-{position}", found, batches, expectations, building)
    results = tuple(
        ExpectationResult(e.table, e.code, e.severity, broken[e.code] == 0, broken[e.code]) for e in expectations
    )
    site.finish(building, period, position, expectations, results)
    shutil.rmtree(pages, ignore_errors=True)
    building.rename(pages)
    passed = all(result.met or result.severity == "warning" for result in results)
    return QualityResult(passed, results, pages / "index.html", position, period.code)
