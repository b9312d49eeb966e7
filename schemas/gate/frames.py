"""Many workbooks' rows as one frame a sheet: text as written, and beside it what it means.

What a frame has stands at `schemas.forms.judging.Frames`. A parsed value is null where the text is missing, cannot be
read, or is a day before EARLIEST_DATE. Digits are those of ASCII: no other sign that Unicode calls a digit.
"""

from collections.abc import Mapping

import polars as pl

from schemas.forms.form import EARLIEST_DATE, Column, Sheet
from schemas.forms.judging import raw
from schemas.gate.workbook import Workbook
from schemas.policies.vocabularies import NO_TITLES
from schemas.text import fold
from schemas.vocabulary.terms import Vocabulary

DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_WHOLE_DATE = r"^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4})$"
SHORT_DATE = r"^([0-9]{1,2}[/.-][0-9]{1,2}[/.-])([0-9]{2})$"
"""A day whose year has two digits: day and month with their separators, and the year."""

SHORT_YEARS = 100
"""How many years, up to the one in which the period ends, a year of two digits is looked for in.

A hundred, so that it means one year: up to 2025, `25` is 2025, `04` is 2004, `98` is 1998. No day that a workbook
may hold lies after its period, so for a birth date as for the day of a step this is the latest year that can be meant.
"""

DOCUMENT = r"^[0-9]{1,6}(/[0-9]{4})?-[A-Za-zĐđ]{1,6}(/[A-Za-zĐđ0-9-]{1,24})?$"
NAME = r"^\p{L}[\p{L}'’. -]{1,98}$"
UNIT_CODE = r"^[0-9A-Za-zĐđ]{1,8}([.-][0-9A-Za-zĐđ]{1,8}){0,5}$"


PLACE = {
    "submission": pl.String,
    "unit": pl.String,
    "period_year": pl.Int32,
    "period_first": pl.Date,
    "period_last": pl.Date,
    "sheet_row": pl.Int32,
}
"""Where each row stands: its submission, and that one's unit and period."""


def stack(
    sheet: Sheet, workbooks: Mapping[str, Workbook], titles: Mapping[str, Mapping[str, str]] = NO_TITLES
) -> pl.DataFrame:
    """One frame of all rows of `sheet` in all `workbooks` (submission id to workbook), text and parsed.

    `titles` are those by which offices call terms, beside ours.
    """
    places = {
        submission: (submission, workbook.unit, period.last.year, period.first, period.last)
        if (period := workbook.known_period())
        else (submission, workbook.unit, None, None, None)
        for submission, workbook in workbooks.items()
    }
    rows = [
        (*places[submission], row.number, *(row.cells[column.key] for column in sheet.read))
        for submission, workbook in workbooks.items()
        for row in workbook.rows.get(sheet.key, ())
    ]
    return parsed(
        sheet, pl.DataFrame(rows, schema=PLACE | {raw(c.key): pl.String for c in sheet.read}, orient="row"), titles
    )


def parsed(sheet: Sheet, text: pl.DataFrame, titles: Mapping[str, Mapping[str, str]] = NO_TITLES) -> pl.DataFrame:
    """A frame with the places of rows (`PLACE`) and their text as written, and beside it what it means."""
    return text.with_columns(_parsed(column, text, titles).alias(column.key) for column in sheet.read)


def day(key: str) -> pl.Expr:
    """The day that is written in a date column, however long ago; null where it is none."""
    written = pl.col(raw(key))
    short = written.str.extract(SHORT_DATE, 2).cast(pl.Int32)
    year = pl.col("period_year") - (pl.col("period_year") - short) % SHORT_YEARS
    spelled = pl.coalesce(pl.concat_str(written.str.extract(SHORT_DATE, 1), year), written)
    whole = pl.when(spelled.str.contains(_WHOLE_DATE)).then(spelled)
    serial = pl.when(written.str.contains(r"^[0-9]{5}$")).then(written).cast(pl.Int32)
    return pl.coalesce(
        *(whole.str.to_date(form, strict=False) for form in DATE_FORMATS),
        pl.date(1899, 12, 30) + pl.duration(days=serial),
    )


def _parsed(column: Column, text: pl.DataFrame, titles: Mapping[str, Mapping[str, str]]) -> pl.Expr:
    written = pl.col(raw(column.key))
    match column.kind:
        case "date":
            written_day = day(column.key)
            return pl.when(written_day >= EARLIEST_DATE).then(written_day)
        case "integer":
            number = pl.when(written.str.contains(r"^[0-9]{1,9}$")).then(written).cast(pl.Int64)
            return pl.when(number <= column.maximum).then(number)
        case "identity":
            return pl.when(written.str.contains(r"^[0-9]{12}$")).then(written)
        case "document":
            # Held against the pattern before it is raised: `ı` and `ß` would become letters that nobody wrote.
            return pl.when(written.str.contains(DOCUMENT)).then(written.str.to_uppercase())
        case "name":
            return pl.when(written.str.contains(NAME)).then(written)
        case "unit":
            return pl.when(written.str.contains(UNIT_CODE)).then(written.str.to_uppercase())
        case "shown":
            raise ValueError(column.key)
        case "choice":
            codes = _codes(column.vocabulary, titles) if column.vocabulary else {}
            seen = text[raw(column.key)].drop_nulls().unique()
            known = {word: codes[fold(word)] for word in seen if fold(word) in codes}
            return written.replace_strict(known, default=None, return_dtype=pl.String)


def _codes(vocabulary: Vocabulary, titles: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The codes of a list's terms by what they are called, in one spelling."""
    offices = {title: code for title, code in titles.get(vocabulary.of, {}).items() if code in vocabulary.terms}
    return {**offices, **{fold(title): code for code, ours in vocabulary.terms.items() for title in ours}}
