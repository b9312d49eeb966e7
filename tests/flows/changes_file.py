"""A small province whose units are changed through files, as an officer does."""

from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from flows.context import Context
from flows.settings import Settings
from flows.units import loading, planning
from flows.units.planning import Plan
from flows.units.reorganisation import COLUMNS
from flows.units.rows import UnitRow
from tests.actors import TESTER
from warehouse import hierarchy

SINCE, DAY, LATER = date(2025, 1, 1), date(2025, 5, 1), date(2025, 6, 1)

SMALL = [
    UnitRow("P", "Tỉnh đoàn P", "province", 1, None, SINCE),
    *(UnitRow(code, f"Huyện đoàn {code}", "district", 2, "P", SINCE) for code in ("A", "B")),
    *(UnitRow(f"{d}-{n}", f"Đoàn xã {d}{n}", "commune", 3, d, SINCE) for d in ("A", "B") for n in (1, 2, 3)),
    *(UnitRow(f"A-1-{n}", f"Chi đoàn {n}", "branch", 4, "A-1", SINCE) for n in (1, 2)),
]


def small_province(engine: Engine, home: Path) -> Context:
    """The province of SMALL, in a database of its own."""
    url = engine.url.render_as_string(hide_password=False)
    context = Context(Settings(home=home, database_url=url), TESTER)
    loading.load(context, SMALL)
    return context


Row = dict[str, str]


def row(change: str, code: str, on: date = DAY, **cells: str) -> Row:
    """A line of a file of changes."""
    return {"change": change, "code": code, "on": on.isoformat(), **cells}


def saved(context: Context, *rows: Row) -> Path:
    """A file of changes."""
    path = context.settings.home / "changes.csv"
    lines = [",".join(line.get(column, "") for column in COLUMNS) for line in rows]
    path.write_text("\n".join([",".join(COLUMNS), *lines]), encoding="utf-8")
    return path


def load(context: Context, *rows: Row) -> int:
    """Record a file of changes; the number of events."""
    return len(planning.load_file(context, saved(context, *rows)).new)


def preview(context: Context, *rows: Row) -> Plan:
    """What would come of a file of changes."""
    return planning.preview(context, saved(context, *rows))


def superiors(context: Context, on: date = DAY) -> dict[str, str]:
    """The codes of the living units, and those of their superiors."""
    with context.engine.connect() as connection:
        units = hierarchy.tree(connection, on, 10**9)
    codes = {unit.unit: unit.code for unit in units}
    return {unit.code: codes.get(unit.parent or "", "") for unit in units}
