"""The ways in which a good sample workbook is odd: every one must be found valid, and read as if it were not."""

import unicodedata
from collections.abc import Callable
from datetime import date

from flows.sample.drafts import Cells, Draft, Rows


def _text_dates(draft: Draft) -> Draft:
    def as_text(cells: Cells) -> Cells:
        return {key: f"{value:%d/%m/%Y}" if isinstance(value, date) else value for key, value in cells.items()}

    return _everywhere(draft, as_text)


def _decomposed_names(draft: Draft) -> Draft:
    return draft.each("nominees", lambda cells: cells | {"name": unicodedata.normalize("NFD", cells["name"])})


def _names_in_capitals(draft: Draft) -> Draft:
    return draft.each("nominees", lambda cells: cells | {"name": cells["name"].upper()})


def _empty_rows(draft: Draft) -> Draft:
    def spread(rows: list[Cells]) -> list[Cells]:
        return [cells for row in rows for cells in ({}, row, {})]

    for sheet in ("nominees", "steps", "activities"):
        draft = draft.having(sheet, spread(draft.rows[sheet]))
    return draft


def _trailing_spaces(draft: Draft) -> Draft:
    def padded(cells: Cells) -> Cells:
        return {key: f"{value}  " if isinstance(value, str) else value for key, value in cells.items()}

    return _everywhere(draft, padded)


def _everywhere(draft: Draft, change: Callable[[Cells], Cells]) -> Draft:
    sheets: Rows = draft.rows
    for sheet in sheets:
        draft = draft.each(sheet, change)
    return draft


ODDITIES: dict[str, Callable[[Draft], Draft]] = {
    "text_dates": _text_dates,
    "decomposed_names": _decomposed_names,
    "names_in_capitals": _names_in_capitals,
    "empty_rows": _empty_rows,
    "trailing_spaces": _trailing_spaces,
}
