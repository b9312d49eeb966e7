"""The data dictionary: every view, table, column, type of event and indicator, and what feeds what, on one page."""

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from events.types import TYPES
from reports.dictionary import lineage_picture
from reports.page.html import TEMPLATES
from schemas.indicators.catalogue import INDICATORS
from schemas.messages.translation import Language, text
from schemas.views.catalogue import VIEWS
from schemas.views.glossary import COLUMNS, EVENTS, TABLES
from schemas.vocabulary.steps import STEPS
from warehouse import issued, tables
from warehouse.views.lineage import Lineage

_TEMPLATES = Path(__file__).parent / "templates"

Described = Mapping[str, Any]

_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]
_STEP_OF = {step.event: step.title for step in STEPS.values()}


def dictionary(lineage: Lineage, types: Mapping[str, Mapping[str, str]], language: Language) -> Described:
    """Everything that the page tells, as data; `types` are the types of the columns of each view."""
    return {
        "views": [
            {
                "name": view.name,
                "title": view.title(language),
                "grain": view.grain(language),
                "key": list(view.key),
                "reads": list(lineage.views.get(view.name, ())),
                "columns": [
                    {
                        "name": column.name,
                        "type": types[view.name][column.name],
                        "required": column.required,
                        "meaning": column.meaning(language),
                        "refers": column.refers,
                        "terms": {code: term(language) for code, term in (column.terms or {}).items()},
                    }
                    for column in view.columns
                ],
            }
            for view in VIEWS
        ],
        "tables": [_table(table, lineage, language) for table in _tables(lineage)],
        "events": [_event(name, lineage, language) for name in TYPES],
        "indicators": [
            {
                "code": indicator.code,
                "kind": indicator.kind,
                "title": indicator.title(language),
                "tables": list(lineage.indicators[indicator.code]),
                "events": list(lineage.behind(indicator.code)),
            }
            for indicator in INDICATORS
        ],
    }


def document(described: Described, language: Language) -> bytes:
    """The page in UTF-8, which needs nothing else: a picture, then views, tables, types of event, indicators."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader([_TEMPLATES, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("dictionary.html.j2").render(
        **described,
        picture=picture(described, language),
        common=[event for event in TYPES if all(event in of["events"] for of in described["indicators"])],
        at=lineage_picture,
        language=language,
        say=lambda key, **details: text(f"dictionary.{key}", language, **details),
        kind=lambda code: text(f"report.kind.{code}", language),
    )
    return page.encode()


def picture(described: Described, language: Language) -> lineage_picture.Picture:
    """Types of event, tables, and on the right the indicators by kind and the views."""
    joined = [table for table in described["tables"] if table["filled_by"] or table["views"] or table["indicators"]]
    filled = {table["name"]: table["filled_by"] for table in joined}
    kinds: dict[str, list[str]] = {}
    for indicator in described["indicators"]:
        of = kinds.setdefault(indicator["kind"], [])
        of += [table for table in indicator["tables"] if table not in of]
    feeding = [event["name"] for event in described["events"] if event["feeds"]]
    groups: Sequence[tuple[str, Sequence[tuple[str, str, Sequence[str]]]]] = (
        (
            text("dictionary.indicators", language),
            [(f"kind-{kind}", text(f"report.kind.{kind}", language), of) for kind, of in kinds.items()],
        ),
        (
            text("dictionary.views", language),
            [(f"view-{view['name']}", view["title"], view["reads"]) for view in described["views"]],
        ),
    )
    return lineage_picture.draw(feeding, filled, groups)


def _tables(lineage: Lineage) -> list[Table]:
    """In the order in which events fill them; last what is filled otherwise."""
    order = {table: list(TYPES).index(events[0]) for table, events in lineage.events.items() if events}
    found = [*tables.metadata.tables.values(), *issued.metadata.tables.values()]
    return sorted(found, key=lambda table: order.get(table.name, len(TYPES)))


def _table(table: Table, lineage: Lineage, language: Language) -> dict[str, Any]:
    grain = TABLES.get(table.name) if language == "vi" else None
    return {
        "name": table.name,
        "schema": table.schema or "warehouse",
        "grain": grain or table.comment or "",
        "filled_by": list(lineage.events.get(table.name, ())),
        "indicators": [code for code, of in lineage.indicators.items() if table.name in of],
        "views": [view for view, of in lineage.views.items() if table.name in of],
        "columns": [
            {
                "name": column.name,
                "type": str(column.type.compile(_POSTGRESQL)).lower(),
                "required": not column.nullable,
                "meaning": _meaning(table.name, column.name, language),
                "refers": None,
                "terms": {},
            }
            for column in table.columns
        ],
    }


def _meaning(table: str, column: str, language: Language) -> str:
    found = COLUMNS.get(f"{table}.{column}") or COLUMNS.get(column)
    return found(language) if found else ""


def _event(name: str, lineage: Lineage, language: Language) -> dict[str, Any]:
    said = (inspect.getdoc(TYPES[name]) or "").partition("\n")[0].replace("`", "")
    if language == "vi":
        said = EVENTS.get(name) or (f"{_STEP_OF[name].vi}." if name in _STEP_OF else said)
    return {
        "name": name,
        "meaning": said,
        "fields": [field.name for field in msgspec.structs.fields(TYPES[name])],
        "feeds": [table for table, of in lineage.events.items() if name in of],
    }
