"""The views for analysts in the database: made anew with the tables that they read, explained where they stand.

They have a schema of their own, so that one grant opens them all and nothing else. A rebuild fills a second schema
and renames both, because replacing a view would wait for whoever reads it, and everybody else would wait behind that.
"""

from pathlib import Path

import psycopg2.extensions
from sqlalchemy import Connection, text

from events.database import cursor_of
from schemas.forms.family import keys, newest
from schemas.policies.calendars import TIME_ZONE
from schemas.views.catalogue import VIEWS
from schemas.views.view import View
from schemas.vocabulary.steps import STEPS
from warehouse.hierarchy import TREE, tree_places

SCHEMA = "analysis"

_TODAY = """(now() at time zone coalesce((
    select value from policy
    where policy = %(policy)s and unit is null and on_date <= (now() at time zone %(usual)s)::date
    order by on_date desc, position desc limit 1
), %(usual)s))::date"""
"""What day it is by the clock that is laid down."""

_END = 2**63 - 1
"""As of this position everything is known."""


def create(connection: Connection, schema: str = SCHEMA) -> None:
    """Make the schema and its views on the tables of the search path, with a comment on each view and column."""
    cursor = cursor_of(connection)
    cursor.execute(f"create schema {schema}")
    cursor.execute(f"comment on schema {schema} is 'Read-only views for analysts, without personal data.'")
    for view in VIEWS:
        columns = ", ".join(f'"{column.name}"' for column in view.columns)
        cursor.execute(f"create view {schema}.{view.name} as select {columns} from ({query(view, cursor)}) as made")
        cursor.execute(f"comment on view {schema}.{view.name} is %s", (view.grain.en,))
        for column in view.columns:
            cursor.execute(f'comment on column {schema}.{view.name}."{column.name}" is %s', (column.meaning.en,))


def drop(connection: Connection, schema: str = SCHEMA) -> None:
    """Remove the views, if they are there."""
    connection.execute(text(f"drop schema if exists {schema} cascade"))


def query(view: View, cursor: psycopg2.extensions.cursor) -> str:
    """The statement behind a view: what the code knows (steps, due days, the tree of today) stands in its places."""
    today = cursor.mogrify(_TODAY, {"policy": TIME_ZONE.name, "usual": TIME_ZONE.usual[-1][1]}).decode()
    places = {
        "{tree}": cursor.mogrify(TREE, {**tree_places(psycopg2.extensions.AsIs(today), _END)}).decode(),
        "{today}": today,
        "{days}": ", ".join(f"t.{step}_on" for step in STEPS),
        "{first_days}": ", ".join(f"min(on_date) filter (where step = '{step}') as {step}_on" for step in STEPS),
        "{due_days}": _due_days(),
    }
    written = (Path(__file__).parent / f"{view.name}.sql").read_text(encoding="utf-8")
    for place, content in places.items():
        written = written.replace(place, content)
    return written.rstrip().rstrip(";")


def _due_days() -> str:
    """Rows of form, kind of its periods, and the dated rule of its due day (`schemas.forms.duty.Day`)."""
    return ", ".join(
        f"('{form.key}', '{form.duty.periods}', date '{since}', '{day.of}', {day.months}, {day.day})"
        for form in map(newest, keys())
        for since, day in form.duty.calendar.due_days
    )
