"""`nguon dictionary`: what every table, view, event and indicator means and where it comes from, as a page."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from flows.terminal.answer import Answer
from flows.terminal.wording import LANGUAGE, explain, say


def dictionary(file: Annotated[Path, Parameter(help=explain("dictionary_file"))], /) -> Answer:
    """Write the page; `--json` prints what it tells. Raises NguonError `file_unwritable`."""
    from flows import reporting
    from flows.ready import ready
    from reports.dictionary.dictionary import dictionary as everything
    from reports.dictionary.dictionary import document
    from schemas.views.catalogue import VIEWS
    from warehouse.views import lineage
    from warehouse.views.export import column_types

    with ready().engine.connect() as connection:
        traced = lineage.trace(connection)
        types = {view.name: column_types(connection, view) for view in VIEWS}
    described = everything(traced, types, LANGUAGE)
    reporting.write(file, document(described, LANGUAGE))
    counts = {key: len(described[key]) for key in ("views", "tables", "events", "indicators")}
    return Answer({"path": file.absolute(), **described}, [say("dictionary.written", path=file, **counts)])
