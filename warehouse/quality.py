"""The quality checkpoint: what must hold in the warehouse as of a position, checked before reports are compiled.

Great Expectations runs the checks in the database, set-wise, and writes its Data Docs as evidence. It is told how many
rows break an expectation, never which.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from events.database import cursor_of
from events.types.reports import ExpectationResult
from schemas.expectation import Expectation
from schemas.expectations import EXPECTATIONS
from schemas.periods import Period
from warehouse import hierarchy
from warehouse.tables import FACTS


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
) -> QualityResult:
    """Check the projected tables as of `position`, and write the period's Data Docs to `docs_folder/<period>/`.

    A site that stands there is replaced once the new one is complete. One run a period at a time. Raises
    TransientError `quality_unfinished` if an expectation could not be checked.
    """
    from warehouse import quality_checkpoint, quality_site

    with engine.connect() as connection:
        tables = as_of(connection, period, position)
    site, building = docs_folder / period.code, docs_folder / f".{period.code}"
    shutil.rmtree(building, ignore_errors=True)
    broken = quality_checkpoint.run(engine, f"{period.code}-{position}", tables, expectations, building)
    results = tuple(
        ExpectationResult(e.table, e.code, e.severity, broken[e.code] == 0, broken[e.code]) for e in expectations
    )
    quality_site.finish(building, period, position, expectations, results)
    shutil.rmtree(site, ignore_errors=True)
    building.rename(site)
    passed = all(result.met or result.severity == "warning" for result in results)
    return QualityResult(passed, results, site / "index.html", position, period.code)


def as_of(connection: Connection, period: Period, position: int) -> dict[str, str]:
    """The query of each table as of a position, by the name under which an `Expectation` knows it."""
    schema = connection.exec_driver_sql("select current_schema()").scalar_one()
    known = f"position <= {position}"
    standing = f"{known} and (position_to is null or position_to > {position})"
    versions = (f"select '{f.name}' as fact, position, position_to from {schema}.{f.name} where {known}" for f in FACTS)
    tree = _filled(connection, hierarchy.TREE, hierarchy.tree_places(period.last, position))
    return {
        "asked": _filled(
            connection,
            "select %(first)s as first, %(last)s as last, %(codes)s as codes",
            {"first": period.first, "last": period.last, "codes": [period.code, *(q.code for q in period.quarters())]},
        ),
        "version": " union all ".join(versions),
        **{fact.name: f"select * from {schema}.{fact.name} where {standing}" for fact in FACTS},
        **{name: f"select * from {schema}.{name} where {known}" for name in ("unit_change", "finding", "report")},
        "submission": (
            "select submission, position, unit, period, d.* from"
            f" (select *, decided_position <= {position} as decided from {schema}.submission where {known}) as s"
            " cross join lateral (select case when decided then decided_position end as decided_position,"
            " case when decided then accepted end as accepted, case when decided then previous end as previous) as d"
        ),
        "tree": f"select * from ({tree}) as t",
    }


def _filled(connection: Connection, statement: str, places: dict[str, object]) -> str:
    with cursor_of(connection) as cursor:
        filled: bytes = cursor.mogrify(statement, places)
    return filled.decode()
