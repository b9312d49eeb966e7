"""Who was erased is not brought back unawares: what a workbook says of them is found by the marks that were left.

A workbook that is refused for it is not kept: the record of its findings tells that, and `verify` goes by it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import polars as pl
from sqlalchemy import Connection, text

from events.files import remove
from events.vault import erasure, tombstones
from flows import inbox
from flows.blame import note
from flows.context import Context
from flows.reading import READER
from schemas.findings import Finding
from schemas.forms.form import Form, Sheet
from schemas.gate.mentioned import numbers_of
from schemas.text import fold

NAMING = frozenset({"file.erased", "nominee.erased"})
"""Findings of a workbook that names somebody erased; `events/checks/laws/02_file.sql` knows them too."""


def drop(context: Context, connection: Connection, submissions: Collection[str]) -> None:
    """Delete what is kept of workbooks that name somebody erased, and copies in the inbox.

    Their keys are given up; `erasure.finish` destroys them once this is committed. A copy that stays is noted.
    """
    kept = [erasure.kept(connection, context.keystore, submission) for submission in sorted(submissions)]
    for path in inbox.copies(context, kept):
        try:
            remove(path)
        except OSError as failure:
            note(context.settings, failure)
    erasure.delete_submissions(connection, context.keystore, {one.submission: () for one in kept})


def undropped(connection: Connection) -> set[str]:
    """Workbooks that were refused for naming somebody erased, and of which something is there all the same."""
    found = connection.execute(
        text(
            "select distinct submission::text from finding join vault.file using (submission)"
            " where code = any(:naming) and num_nonnulls(sealed_name, sealed, fingerprint) > 0"
        ),
        {"naming": sorted(NAMING)},
    )
    return set(found.scalars())


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
    """`file.erased` for a file that went when somebody was erased, or that has their number anywhere.

    Unless a row (`named`) says it already.
    """
    told = {finding.submission for finding in named if finding.code == "nominee.erased"}
    if contents.keys() <= told or not tombstones.any_stand(connection):
        return
    for submission in sorted(contents.keys() - told):
        read = READER.read(contents[submission], "all").read
        numbers = numbers_of(contents[submission], read.sheets if read else None)
        marks = {tombstones.of_file(key, contents[submission]) for key in context.mark_keys}
        marks |= {tombstones.of_number(key, number) for key in context.mark_keys for number in numbers}
        if tombstones.known(connection, marks):
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
