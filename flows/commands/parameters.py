"""How the parameters that several commands share are written, read and explained."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, Token

from events.errors import UsageError
from flows.moments import AsKnown, read_moment
from flows.terminal.wording import explain
from schemas.periods import Period, parse


def _period(_type: object, words: Sequence[Token]) -> Period:
    return parse(words[0].value)


def _day(_type: object, words: Sequence[Token]) -> date:
    return _day_of(words[0].value)


def _day_or_today(_type: object, words: Sequence[Token]) -> date:
    written = words[0].value
    if written != "today":
        return _day_of(written)
    from flows.calendar import today
    from flows.ready import ready

    return today(ready())


def _moment(_type: object, words: Sequence[Token]) -> AsKnown:
    return read_moment(words[0].value)


def _day_of(written: str) -> date:
    try:
        return datetime.strptime(written, "%d/%m/%Y").date() if "/" in written else date.fromisoformat(written)
    except ValueError:
        raise UsageError("unknown_day", written=written) from None


PeriodOf = Annotated[Period, Parameter(converter=_period, n_tokens=1, accepts_keys=False, help=explain("period"))]
Day = Annotated[date | None, Parameter(converter=_day, n_tokens=1, help=explain("day"), show_default=False)]
DayOf = Annotated[date, Parameter(converter=_day, n_tokens=1, accepts_keys=False, help=explain("day"))]
TreeOn = Annotated[
    date | None, Parameter(converter=_day_or_today, n_tokens=1, help=explain("tree_on"), show_default=False)
]
UnitCode = Annotated[str, Parameter(help=explain("unit"))]
AnyUnit = Annotated[str | None, Parameter(help=explain("under"), show_default=False)]
AsOf = Annotated[
    AsKnown | None,
    Parameter(converter=_moment, n_tokens=1, accepts_keys=False, help=explain("as_of"), show_default=False),
]
IssuedFrom = Annotated[int | None, Parameter(help=explain("issued_from"), show_default=False)]
File = Annotated[Path, Parameter(help=explain("file"))]
