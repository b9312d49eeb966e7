"""What a data package says of itself: `datapackage.json` as the Data Package standard of Frictionless lays it down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from schemas.messages.translation import Language, text
from schemas.views.catalogue import BY_NAME
from schemas.views.view import Column, Terms, View

Format = Literal["csv", "parquet"]

MEDIA_TYPES: dict[Format, str] = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet"}

MISSING: dict[Format, tuple[str, ...]] = {"csv": ("",), "parquet": ("", "nan", "NaT", "None")}
"""How an empty cell reads; of Parquet, in the words of the data frames through which the reference tool reads it."""


@dataclass(frozen=True)
class Written:
    """A view as it was written to a file; `types` are the types of its columns in PostgreSQL, by name."""

    view: View
    types: Mapping[str, str]
    path: str
    rows: int
    bytes: int
    sha256: str


_TYPES = {
    "uuid": ("string", "uuid"),
    "text": ("string", "default"),
    "date": ("date", "default"),
    "timestamptz": ("datetime", "default"),
    "bool": ("boolean", "default"),
    "int2": ("integer", "default"),
    "int4": ("integer", "default"),
    "int8": ("integer", "default"),
    "numeric": ("number", "default"),
}


def describe(
    files: Sequence[Written], format: Format, position: int, created: str, language: Language
) -> dict[str, object]:
    """The content of `datapackage.json` for files that hold what was known at a log position; `created` is RFC 3339."""
    together = {written.view.name for written in files}
    return {
        "profile": "tabular-data-package",
        "name": "nguon",
        "title": text("views.package", language),
        "description": text("views.about", language, position=position),
        "created": created,
        "position": position,
        "resources": [_resource(written, format, together, language) for written in files],
    }


def _resource(written: Written, format: Format, together: set[str], language: Language) -> dict[str, object]:
    view = written.view
    keys = [
        {
            "fields": [column.name],
            # An empty name is the resource itself.
            "reference": {
                "resource": "" if column.refers == view.name else column.refers,
                "fields": list(BY_NAME[column.refers].key),
            },
        }
        for column in view.columns
        if column.refers is not None and column.refers in together
    ]
    return {
        "profile": "tabular-data-resource",
        "name": view.name,
        "path": written.path,
        "title": view.title(language),
        "description": view.grain(language),
        "format": format,
        "mediatype": MEDIA_TYPES[format],
        "encoding": "utf-8",
        # The reference tool reads Parquet through data frames, and takes a size that it cannot compare for a wrong one.
        **({"bytes": written.bytes, "hash": f"sha256:{written.sha256}"} if format == "csv" else {}),
        "schema": {
            "missingValues": list(MISSING[format]),
            "fields": [_field(column, written.types[column.name], language) for column in view.columns],
            "primaryKey": list(view.key),
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _field(column: Column, type: str, language: Language) -> dict[str, object]:
    kind, format = _TYPES[type]
    constraints: dict[str, object] = {}
    if column.required:
        constraints["required"] = True
    if column.terms is not None:
        constraints["enum"] = list(column.terms)
    if column.least is not None:
        constraints["minimum"] = column.least
    return {
        "name": column.name,
        "type": kind,
        "format": format,
        "description": column.meaning(language),
        "constraints": constraints,
        **({"categories": _categories(column.terms, language)} if column.terms is not None else {}),
    }


def _categories(terms: Terms, language: Language) -> list[dict[str, str]]:
    return [{"value": code, "label": term(language)} for code, term in terms.items()]
