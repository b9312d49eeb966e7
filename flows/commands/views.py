"""`nguon views`: what there is for analysts, and as a data package that other tools read."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from flows.terminal.answer import Answer, Table
from flows.terminal.help import titled
from flows.terminal.wording import LANGUAGE, explain, say

app = titled(App(name="views"))


@app.command(name="list", help=explain("views_list"))
def list_() -> Answer:
    """The views, with the grain and the columns of each."""
    from schemas.views.catalogue import VIEWS
    from warehouse.views import SCHEMA

    told = [
        {
            "view": f"{SCHEMA}.{view.name}",
            "title": view.title(LANGUAGE),
            "grain": view.grain(LANGUAGE),
            "columns": [column.name for column in view.columns],
        }
        for view in VIEWS
    ]
    rows = [(view.name, view.grain(LANGUAGE), str(len(view.columns))) for view in VIEWS]
    headings = [say(f"views.{key}") for key in ("name", "grain", "columns")]
    sentence = say("views.schema", schema=SCHEMA, view=VIEWS[0].name)
    return Answer({"views": told}, [Table(headings, rows, numbers=(2,)), sentence])


@app.command(help=explain("views_export"))
def export(
    folder: Annotated[Path, Parameter(help=explain("views_folder"))],
    /,
    *names: Annotated[str, Parameter(help=explain("views_names"))],
    format: Annotated[Literal["csv", "parquet"], Parameter(help=explain("views_format"))] = "csv",
) -> Answer:
    """Write views and `datapackage.json` into a folder: all of it or nothing.

    Raises UsageError `unknown_view`, RefusedError `folder_in_use`, NguonError `file_unwritable`.
    """
    from events.errors import NguonError, RefusedError
    from events.files import as_asked, filled
    from flows.ready import ready
    from flows.terminal.screen import progress
    from warehouse.views import export

    views = export.chosen(names)
    folder = folder.absolute()
    context = ready()
    try:
        if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
            raise RefusedError("folder_in_use", path=folder)
        with as_asked(), filled(folder) as made, progress(say("views.exporting")) as told:
            position, files = export.export(context.engine, made, views, format, LANGUAGE, told)
    except OSError as failure:
        raise NguonError("file_unwritable", path=folder, reason=failure.strerror) from failure
    data = {
        "folder": folder,
        "position": position,
        "views": [{"view": file.view.name, "file": file.path, "rows": file.rows} for file in files],
    }
    rows = [(file.view.title(LANGUAGE), file.path, str(file.rows)) for file in files]
    table = Table([say(f"views.{key}") for key in ("name", "file", "rows")], rows, numbers=(2,))
    return Answer(data, [table, say("views.exported", views=len(files), folder=folder, position=position)])
