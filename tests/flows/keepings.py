"""Every byte that we keep: each value of each column of the database, what files hold once unpacked, and a dump."""

import subprocess
import unicodedata
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from sqlalchemy import Engine, make_url
from sqlalchemy.engine import URL

from events.server.cluster import _programs


def traces(engine: Engine, home: Path, words: list[str]) -> list[str]:
    """Where any of the words is found; the keys and a database server's own folder are left out."""
    needles = {form for word in words for form in _forms(word)}
    return [place for place, content in _everything(engine, home) if any(n in content.lower() for n in needles)]


def _forms(word: str) -> Iterator[bytes]:
    for form in ("NFC", "NFD"):
        written = unicodedata.normalize(form, word).lower()
        for encoding in ("utf-8", "utf-16-le"):
            yield written.encode(encoding)
            yield written.encode(encoding).hex().encode()
    if word.isdecimal():
        yield word.lstrip("0").encode()


def _everything(engine: Engine, home: Path) -> Iterator[tuple[str, bytes]]:
    yield "dump", _dump(engine.url)
    with engine.connect() as connection:
        columns = connection.exec_driver_sql(
            "select table_schema || '.' || table_name, column_name, data_type from information_schema.columns"
            " where table_schema not in ('pg_catalog', 'information_schema')"
        ).all()
        assert len(columns) > 100
        for table, column, kind in columns:
            value = f'"{column}"' if kind == "bytea" else f"convert_to(\"{column}\"::text, 'UTF8')"
            for (content,) in connection.exec_driver_sql(f"select {value} from {table} where {value} is not null"):
                yield from _unpacked(f"{table}.{column}", bytes(content))
        for (content,) in connection.exec_driver_sql(
            "select convert_to(s::text, 'UTF8') from pg_stats s where schemaname in ('vault', 'events', 'warehouse')"
        ):
            yield "statistics", bytes(content)
    for path in home.rglob("*"):
        if path.is_file() and path.relative_to(home).parts[0] not in ("keys", "postgres"):
            yield f"name of {path}", path.name.encode()
            yield from _unpacked(str(path), path.read_bytes())


def _unpacked(place: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield place, content
    try:
        with ZipFile(BytesIO(content)) as archive:
            for member in archive.namelist():
                yield f"{place}: {member}", archive.read(member)
    except BadZipFile:
        return


def _dump(url: URL) -> bytes:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    dump = subprocess.run([_programs() / "pg_dump", "--inserts", plain], capture_output=True, check=True)
    assert b"PostgreSQL database dump complete" in dump.stdout
    return dump.stdout
