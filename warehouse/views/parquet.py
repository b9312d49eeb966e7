"""A relation written as Parquet, a few thousand rows at a time."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

import psycopg2.extensions
from sqlalchemy import Connection

if TYPE_CHECKING:
    import polars as pl

BATCH = 20_000
"""Rows that are held at a time."""

ROW_GROUP = 5 * BATCH

_CASTS = {"uuid": "::text", "numeric": "::float8"}
"""What Parquet or its readers have no good type for."""


def write(
    connection: Connection, relation: str, types: Mapping[str, str], path: Path, heard: Callable[[int], None]
) -> None:
    """Write a relation whose columns have these types (PostgreSQL's names) to a file; `heard` is told the rows done.

    Raises OSError.
    """
    import polars as pl
    from polars.io.plugins import register_io_source

    kinds: dict[str, pl.DataType] = {
        "uuid": pl.String(),
        "text": pl.String(),
        "date": pl.Date(),
        "timestamptz": pl.Datetime("us", "UTC"),
        "bool": pl.Boolean(),
        "int2": pl.Int16(),
        "int4": pl.Int32(),
        "int8": pl.Int64(),
        "numeric": pl.Float64(),
    }
    schema = {column: kinds[kind] for column, kind in types.items()}
    columns = ", ".join(f'"{column}"{_CASTS.get(kind, "")}' for column, kind in types.items())
    failures: list[BaseException] = []

    def frames(*_pushed_down: object) -> Iterator[pl.DataFrame]:
        try:
            yield pl.DataFrame(schema=schema)
            yield from _frames(connection, f"select {columns} from {relation}", schema, heard)
        except BaseException as failure:
            failures.append(failure)
            raise

    try:
        register_io_source(frames, schema=schema).sink_parquet(path, row_group_size=ROW_GROUP)
    except pl.exceptions.ComputeError:
        if failures:
            # Polars tells of it in its own words; the command line must know what it was.
            raise failures[0] from None
        raise


def _frames(
    connection: Connection, query: str, schema: "dict[str, pl.DataType]", heard: Callable[[int], None]
) -> "Iterator[pl.DataFrame]":
    import polars as pl

    done = 0
    raw = cast(psycopg2.extensions.connection, connection.connection.driver_connection)
    with raw.cursor(name="export") as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(BATCH):
            yield pl.DataFrame(rows, schema=schema, orient="row")
            done += len(rows)
            heard(done)
