"""Many workbooks' rows as one frame a sheet: text as written, and beside it what it means.

A frame has `submission`, `sheet_row` and, for each column of the form, the parsed value under the column's key
and the text under `raw:<key>`. A parsed value is null where the text is missing or cannot be read.
"""

from collections.abc import Mapping

import polars as pl

from schemas.form import Column, Sheet
from schemas.text import fold
from schemas.workbook import Workbook

DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")

DOCUMENT = r"^\d{1,6}(/\d{4})?-[A-ZĐ]{1,6}(/[A-ZĐ0-9-]{1,24})?$"
NAME = r"^\p{L}[\p{L}'’. -]{1,98}$"


def stack(sheet: Sheet, workbooks: Mapping[str, Workbook]) -> pl.DataFrame:
    """One frame of all rows of `sheet` in all `workbooks` (submission id to workbook), text and parsed."""
    rows = [
        (submission, row.number, *(row.cells[column.key] for column in sheet.columns))
        for submission, workbook in workbooks.items()
        for row in workbook.rows.get(sheet.key, ())
    ]
    schema = {"submission": pl.String, "sheet_row": pl.Int32} | {raw(c.key): pl.String for c in sheet.columns}
    text = pl.DataFrame(rows, schema=schema, orient="row")
    return text.with_columns(_parsed(column, text).alias(column.key) for column in sheet.columns)


def raw(key: str) -> str:
    """Name of the column that holds the text of `key` as written."""
    return f"raw:{key}"


def _parsed(column: Column, text: pl.DataFrame) -> pl.Expr:
    written = pl.col(raw(column.key))
    match column.kind:
        case "date":
            serial = pl.when(written.str.contains(r"^\d{5}$")).then(
                pl.date(1899, 12, 30) + pl.duration(days=written.cast(pl.Int32, strict=False))
            )
            return pl.coalesce(*(written.str.to_date(form, strict=False) for form in DATE_FORMATS), serial)
        case "integer":
            whole = written.str.contains(r"^\d{1,9}$")
            number = pl.when(whole).then(written.cast(pl.Int64, strict=False))
            return pl.when(number <= column.maximum).then(number)
        case "identity":
            return pl.when(written.str.contains(r"^\d{12}$")).then(written)
        case "document":
            shown = written.str.to_uppercase()
            return pl.when(shown.str.contains(DOCUMENT)).then(shown)
        case "name":
            return pl.when(written.str.contains(NAME)).then(written)
        case "choice":
            terms = column.vocabulary.terms if column.vocabulary else {}
            codes = {fold(title): code for code, titles in terms.items() for title in titles}
            seen = text[raw(column.key)].drop_nulls().unique()
            known = {word: codes[fold(word)] for word in seen if fold(word) in codes}
            return written.replace_strict(known, default=None, return_dtype=pl.String)
