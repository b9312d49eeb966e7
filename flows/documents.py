"""The documents of an issued report: one file per format below `<home>/reports/<period>/`."""

from pathlib import Path
from typing import cast

from events.files import put
from flows.context import Context
from flows.reporting import issued_content
from reports.render import Format, render

FORMATS: tuple[Format, ...] = ("xlsx", "docx", "pdf", "html", "json")


def write_document(context: Context, unit: str, period: str, format: Format) -> Path:
    """Lay out what was last issued for a unit (its id) and a period, in the set language; the file's path.

    What was written before is replaced: `nguon report --as-of` gives it again.
    """
    with context.engine.connect() as connection:
        content = issued_content(connection, unit, period)
    if content is None:
        raise LookupError(period)
    path = context.settings.home / "reports" / period / f"{cast(str, content['unit']['code'])}.{format}"
    put(path, render(content, format, context.settings.lang))
    return path
