"""Who was erased is not brought back unawares: what a workbook says of them is found by the marks that were left."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl
from sqlalchemy import Connection

from events.vault import tombstones
from flows.context import Context
from schemas.findings import Finding
from schemas.forms.form import Form, Sheet
from schemas.text import fold


def in_rows(
    context: Context, connection: Connection, form: Form, frames: Mapping[str, pl.DataFrame]
) -> Iterator[Finding]:
    """`nominee.erased` at each identity number of somebody erased; `nominee.like_erased` where name and birth date are.

    The latter may be of somebody else, so it only warns.
    """
    for sheet in form.sheets:
        frame = frames[sheet.key]
        marked = {
            column.key: {
                number: {tombstones.of_number(key, number) for key in context.mark_keys}
                for number in frame[column.key].drop_nulls().unique()
            }
            for column in sheet.columns
            if column.kind == "identity"
        }
        known = tombstones.known(
            connection, {mark for of in marked.values() for marks in of.values() for mark in marks}
        )
        erased = {
            column: {number for number, marks in of.items() if marks & known.keys()} for column, of in marked.items()
        }
        for column, numbers in erased.items():
            yield from _at(sheet, frame.filter(pl.col(column).is_in(list(numbers))), column, "nominee.erased")
        if sheet.key == form.identities:
            others = frame.filter(~pl.col("identity").is_in(list(erased["identity"])))
            yield from _at(sheet, _alike(context, connection, others), "name", "nominee.like_erased")


def in_files(
    context: Context, connection: Connection, contents: Mapping[str, bytes], named: Sequence[Finding]
) -> Iterator[Finding]:
    """`file.erased` for a file that went when somebody was erased, unless a row (`named`) says it already."""
    told = {finding.submission for finding in named if finding.code == "nominee.erased"}
    marks = {
        tombstones.of_file(key, content): submission
        for key in context.mark_keys
        for submission, content in contents.items()
        if submission not in told
    }
    for submission in sorted({marks[mark] for mark in tombstones.known(connection, marks)}):
        yield Finding(submission, "file.erased")


def _alike(context: Context, connection: Connection, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows whose name and birth date are those of somebody erased."""
    whole = frame.drop_nulls(["name", "birth_date"])
    marks = [
        {tombstones.of_likeness(key, fold(name), born.isoformat()) for key in context.mark_keys}
        for name, born in whole.select("name", "birth_date").iter_rows()
    ]
    known = tombstones.known(connection, set().union(*marks)) if marks else {}
    return whole.filter(pl.Series([bool(own & known.keys()) for own in marks], dtype=pl.Boolean))


def _at(sheet: Sheet, frame: pl.DataFrame, column: str, code: str) -> Iterator[Finding]:
    for submission, row in frame.select("submission", "sheet_row").iter_rows():
        yield Finding(submission, code, sheet.key, sheet.cell(column, row), column)
