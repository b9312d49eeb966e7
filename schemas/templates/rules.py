"""What a spreadsheet itself checks while a form is filled in: one bounded data validation for each column."""

from typing import Any

from schemas.forms.form import EARLIEST_DATE, FIRST_ROW, Column, Form, Sheet
from schemas.messages.translation import Language, text
from schemas.periods import Period
from schemas.vocabulary.terms import Vocabulary

VOCABULARY_SHEET = "_danhmuc"
"""Hidden sheet of the lists that dropdowns offer: a column for each vocabulary, its title in row 1."""

Rule = dict[str, Any]
"""Options of XlsxWriter's `data_validation`."""


def vocabularies(form: Form) -> list[Vocabulary]:
    """The vocabularies of a form in the order of their columns on VOCABULARY_SHEET."""
    found = {
        column.vocabulary.key: column.vocabulary
        for sheet in form.sheets
        for column in sheet.columns
        if column.vocabulary
    }
    return list(found.values())


def heading_rule(column: Column, language: Language) -> Rule:
    """Nothing is checked: the column's help appears when its heading is chosen."""
    return {"validate": "any"} | _help(column, language)


def rule(form: Form, sheet: Sheet, column: Column, period: Period, language: Language) -> Rule:
    """The check and the help of a column's data cells; those that only show something need none."""
    if column.kind == "shown":
        return {"validate": "any"}
    return _check(form, sheet, column, period) | _help(column, language) | _objection(column, language)


def _check(form: Form, sheet: Sheet, column: Column, period: Period) -> Rule:
    if column.vocabulary is not None:
        return {"validate": "list", "source": _list_range(form, column.vocabulary)}
    source = identity_source(form, sheet)
    match column.kind:
        case "identity" if source is not None:
            return {"validate": "list", "source": source, "error_type": "warning"}
        case "identity":
            return {"validate": "length", "criteria": "==", "value": 12}
        case "date":
            return {"validate": "date", "criteria": "between", "minimum": EARLIEST_DATE, "maximum": period.last}
        case "integer":
            return {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": column.maximum}
        case _:
            return {"validate": "any"}


def identity_source(form: Form, sheet: Sheet) -> str | None:
    """Range of the sheet that introduces identity numbers; None on that sheet itself, and where no sheet does."""
    if form.identities in (None, sheet.key):
        return None
    first = form.sheet(form.identities)
    letter = first.cell("identity", FIRST_ROW).rstrip("0123456789")
    return f"='{first.title}'!${letter}${FIRST_ROW}:${letter}${FIRST_ROW + first.capacity - 1}"


def _list_range(form: Form, vocabulary: Vocabulary) -> str:
    letter = chr(ord("A") + [known.key for known in vocabularies(form)].index(vocabulary.key))
    return f"='{VOCABULARY_SHEET}'!${letter}$2:${letter}${len(vocabulary.terms) + 1}"


def _help(column: Column, language: Language) -> Rule:
    return {"input_title": column.title(language)[:32], "input_message": column.help(language)[:255]}


def _objection(column: Column, language: Language) -> Rule:
    return {
        "error_title": column.title(language)[:32],
        "error_message": text(f"template.error_{column.kind}", language, maximum=column.maximum)[:255],
    }
