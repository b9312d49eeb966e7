"""Where a fact comes from: its event, and the file, sheet and cell that stated it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, text

from events.log.recorded import Recorded, decode
from events.vault import KeyStore, file_names
from schemas.forms.family import told_cell
from warehouse.hierarchy.history import last_codes


@dataclass(frozen=True)
class Origin:
    """The origin of the event at `position`: `unit` is a code, `superseded_by` a position; None where it has none.

    `sheet` is a key of the form's version that the file is on, and `cell` the address there.
    `by` is the actor that recorded it: an account, a flow or a command. `also` are the other events by which returns
    state the same at present, in log order.
    """

    position: int
    type: str
    recorded_at: datetime
    on: date | None
    unit: str | None
    submission: str | None
    file: str | None
    form: str | None
    form_version: int | None
    sheet: str | None
    cell: str | None
    superseded_by: int | None
    by: str
    also: tuple[int, ...]


def origins(connection: Connection, store: KeyStore | None, positions: Iterable[int]) -> dict[int, Origin]:
    """The origins of events, by position, in log order; positions that do not exist are left out.

    Without a `store` to open the vault, no file has a name.
    """
    rows = connection.execute(
        text(
            "select e.position, e.body::text as body, e.submission::text as kept, s.form, s.form_version,"
            "   later.position as superseded_by, coalesce(others.also, '{}') as also"
            " from (select *, cast(coalesce(body #>> '{cause,submission}', substring(stream from '^submission-(.*)'))"
            "   as uuid) as submission from events.event) e"
            " left join submission s using (submission)"
            " left join lateral ("
            "   select min(l.position) as position from events.event l"
            "   where l.stream = e.stream and l.stream_version > e.stream_version"
            "     and (l.body ->> 'supersedes')::integer = e.stream_version"
            " ) later on true"
            " left join lateral ("
            "   select array_agg(o.position order by o.position) as also"
            "   from statement s join statement o on o.key = s.key"
            "   where s.position = e.position and o.position <> s.position and o.position_to is null"
            " ) others on true"
            " where e.position = any(:positions) order by e.position"
        ),
        {"positions": list(positions)},
    ).all()
    events = [(decode(row.position, row.body), row) for row in rows]
    kept = {row.kept for row in rows if row.kept}
    names = file_names(connection, store, kept) if store else {}
    codes = last_codes(connection, {unit for event, _ in events if (unit := getattr(event.payload, "unit", None))})
    return {event.position: _origin(event, row, names.get(row.kept), codes) for event, row in events}


def _origin(event: Recorded, row: Row[Any], file: str | None, codes: dict[str, str]) -> Origin:
    cause = event.cause
    sheet, number = (cause.sheet, cause.row) if cause else (None, None)
    return Origin(
        event.position,
        event.type,
        event.recorded_at,
        getattr(event.payload, "on", None),
        codes.get(getattr(event.payload, "unit", None) or ""),
        cause.submission if cause else getattr(event.payload, "submission", None),
        file,
        row.form,
        row.form_version,
        sheet,
        told_cell(row.form, row.form_version, sheet, number) if sheet and number else None,
        row.superseded_by,
        event.by,
        tuple(row.also),
    )
