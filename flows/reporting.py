"""Getting one report: as issued, as known at an earlier position, or preliminary from what is known now."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from events.errors import NguonError, UsageError
from events.files import AS_ASKED, as_asked, put
from flows.context import Context
from reports.content.compiling import Content, compile_period, encode
from schemas.periods import Period
from warehouse import hierarchy, issued, policies
from warehouse.projections import project


def report(
    context: Context, unit_code: str, period: Period, as_of: int | None = None, tree_on: date | None = None
) -> Content:
    """The content of a unit's report on a period.

    Without `as_of`: what was issued last, or else a preliminary one from all that is recorded. With `as_of` (a log
    position): what was issued from that position, or else what would have been. With `tree_on`, another day than the
    period's last: on the tree of that day, which is never issued; it says what was. Raises UsageError `unknown_unit`,
    `unknown_position`.
    """
    reached = project.project(context.engine)
    with context.engine.connect() as connection:
        if as_of is not None and not 0 < as_of <= reached:
            raise UsageError("unknown_position", position=as_of, last=reached)
        day, position = tree_on or period.last, as_of or reached
        unit = hierarchy.unit_by_code(connection, unit_code, day, position)
        if day == period.last and (official := issued_content(connection, unit, period.code, as_of)):
            return official
        root = hierarchy.root_of(connection, unit, day, position)
        content = compile_period(connection, period, position, day, root).content(unit, "preliminary")
        if day != period.last:
            content = {**content, "issued": _last_issue(connection, unit, period.code)}
        return _read_back(content)


def issued_content(connection: Connection, unit: str, period: str, as_of: int | None = None) -> Content | None:
    """The content of the last report issued, or of the one issued from position `as_of`."""
    kept = issued.newest(connection, unit, period, as_of)
    return None if kept is None else msgspec.json.decode(kept, type=dict[str, Any])


def _last_issue(connection: Connection, unit: str, period: str) -> dict[str, Any] | None:
    """What was issued last for a unit on a period: the position that it shows, and the day."""
    issue = issued.last_issue(connection, unit, period)
    if issue is None:
        return None
    day = issue.compiled_at.astimezone(policies.time_zone(connection)).date()
    return {"position": issue.position, "on": day.isoformat()}


def write(path: Path, document: bytes) -> None:
    """Put a document where a person asked for it, whole or not at all. Raises NguonError `file_unwritable`."""
    try:
        with as_asked():
            put(path, document, AS_ASKED)
    except OSError as failure:
        raise NguonError("file_unwritable", path=path, reason=failure.strerror) from failure


def _read_back(content: Content) -> Content:
    """The content as it will be read from where it is kept, so that both give the same document."""
    return msgspec.json.decode(encode(content)[0], type=dict[str, Any])
