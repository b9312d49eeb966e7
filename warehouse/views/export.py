"""Views written to files, row after row: one snapshot of the database, in the memory of a few thousand rows."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, text

from events.database import cursor_of
from events.errors import UsageError
from schemas.messages.translation import Language
from schemas.views.catalogue import BY_NAME, VIEWS
from schemas.views.view import View
from warehouse.projections import project
from warehouse.views import SCHEMA, parquet
from warehouse.views.data_package import Format, Written, describe

DESCRIPTOR = "datapackage.json"

_AS_TEXT = {
    "bool": '"{}"::text',
    "timestamptz": """to_char("{}" at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
}
"""How a column is written in CSV where the standard wants it otherwise than PostgreSQL."""

Progress = Callable[[int, int], None]


def chosen(names: Sequence[str]) -> tuple[View, ...]:
    """The views of these names, all where there are none. Raises UsageError `unknown_view`."""
    for name in names:
        if name not in BY_NAME:
            raise UsageError("unknown_view", view=name, allowed=", ".join(BY_NAME))
    return tuple(view for view in VIEWS if view.name in names) if names else VIEWS


def export(
    engine: Engine, folder: Path, views: Sequence[View], format: Format, language: Language, progress: Progress
) -> tuple[int, tuple[Written, ...]]:
    """Write views and `datapackage.json` into an empty folder; the log position they are as of, and the files.

    `progress` hears rows written and rows in all. Raises OSError.
    """
    with engine.connect() as connection:
        connection.execute(text("set transaction isolation level repeatable read, read only"))
        position = project.reached(connection)
        counts = [connection.exec_driver_sql(f"select count(*) from {SCHEMA}.{v.name}").scalar_one() for v in views]
        files: list[Written] = []
        for view, rows in zip(views, counts, strict=True):
            heard = _from(sum(written.rows for written in files), sum(counts), progress)
            types = column_types(connection, view)
            path = folder / f"{view.name}.{format}"
            if format == "csv":
                _write_csv(connection, view, types, path, heard)
            else:
                parquet.write(connection, f"{SCHEMA}.{view.name}", types, path, heard)
            files.append(Written(view, types, path.name, rows, path.stat().st_size, _sha256(path)))
    created = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    described = describe(files, format, position, created, language)
    (folder / DESCRIPTOR).write_text(json.dumps(described, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return position, tuple(files)


def column_types(connection: Connection, view: View) -> dict[str, str]:
    """The types of a view's columns in PostgreSQL, by name."""
    rows = connection.execute(
        text(
            "select attname, typname from pg_attribute join pg_type on pg_type.oid = atttypid"
            " where attrelid = to_regclass(:view) and attnum > 0 order by attnum"
        ),
        {"view": f"{SCHEMA}.{view.name}"},
    )
    return {row.attname: row.typname for row in rows}


def _from(start: int, of: int, progress: Progress) -> Callable[[int], None]:
    return lambda done: progress(start + done, of)


class _Counted:
    """A file that says how many lines were written to it; a name with a line break in it counts twice."""

    def __init__(self, file: Any, heard: Callable[[int], None]) -> None:
        self.file, self.heard, self.lines = file, heard, 0

    def write(self, content: bytes) -> int:
        self.lines += content.count(b"\n")
        self.heard(self.lines)
        return cast(int, self.file.write(content))


def _write_csv(
    connection: Connection, view: View, types: dict[str, str], path: Path, heard: Callable[[int], None]
) -> None:
    columns = ", ".join(_AS_TEXT.get(types[c.name], '"{}"').format(c.name) + f' as "{c.name}"' for c in view.columns)
    with path.open("wb") as file:
        cursor_of(connection).copy_expert(
            f"copy (select {columns} from {SCHEMA}.{view.name}) to stdout (format csv, header)", _Counted(file, heard)
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
