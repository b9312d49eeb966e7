"""The laws of log and vault as SQL that shows the first row to break them; whatever is found is raised by name."""

from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DataError

from events.errors import RefusedError


class VerifyFailed(RefusedError):
    """What is stored is not what was recorded: `key` names the fault, the details where it lies."""

    def __init__(self, fault: str, /, **where: object) -> None:
        super().__init__(f"verify.{fault}", **where)


def run(connection: Connection, file: Path) -> None:
    """Run a check: a statement that gives no row, or one of a `fault` and where it lies, which is raised.

    Raises `VerifyFailed` also when the server cannot make sense of what is stored (`unreadable`).
    """
    statement = file.read_text(encoding="utf-8").replace("%", "%%")
    try:
        broken = connection.exec_driver_sql(statement).mappings().one_or_none()
    except DataError:
        raise VerifyFailed("unreadable", check=file.stem) from None
    if broken is not None:
        raise VerifyFailed(broken["fault"], **{name: value for name, value in broken.items() if name != "fault"})


def files(folder: str) -> list[Path]:
    """The checks of `log` (its form) or `commitments` (what it promises of the rest), in order."""
    return sorted((Path(__file__).parent / folder).glob("*.sql"))
