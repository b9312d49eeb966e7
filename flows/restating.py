"""What has changed since a report was issued: each figure's old value, new value and causes."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from events.errors import UsageError
from flows.context import Context
from flows.reporting import issued_content
from reports.content.compiling import compile_period
from schemas.indicators.catalogue import BY_CODE
from schemas.indicators.indicator import Grade
from schemas.periods import Period
from warehouse import hierarchy
from warehouse.facts import expand, restatement
from warehouse.facts.restatement import Cause
from warehouse.hierarchy.history import last_codes
from warehouse.projections import project

Value = int | str | None


@dataclass(frozen=True)
class Restated:
    """A figure that is another one now; a rate's causes are those of the two figures that it divides."""

    code: str
    issued: Value
    now: Value
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Restatement:
    """What differs between a unit's report as issued from position `issued` and the figures as known at `now`."""

    unit_code: str
    issued: int
    now: int
    figures: tuple[Restated, ...]


def restate(
    context: Context, unit_code: str, period: Period, as_of: int | None = None, issued_from: int | None = None
) -> Restatement:
    """Compare the last report issued on a period with what is known now, or at position `as_of`.

    With `issued_from`, the one that was issued from that position instead of the last. Raises UsageError `not_issued`,
    `unknown_unit`.
    """
    now = project.project(context.engine) if as_of is None else as_of
    with context.engine.connect() as connection:
        unit = hierarchy.unit_by_code(connection, unit_code, period.last, now)
        issued = issued_content(connection, unit, period.code, issued_from)
        if issued is None:
            raise UsageError("not_issued", unit=unit_code, period=period.code)
        root = hierarchy.root_of(connection, unit, period.last, now)
        today = compile_period(connection, period, now, root=root).content(unit, "preliminary")
        then = {
            column["code"]: value for column, value in zip(issued["columns"], issued["rows"][0]["values"], strict=True)
        }
        figures = [
            Restated(
                code,
                then.get(code),
                value,
                _causes(connection, unit, period, code, issued["position"], now),
            )
            for code, value in (
                (column["code"], value)
                for column, value in zip(today["columns"], today["rows"][0]["values"], strict=True)
            )
            if then.get(code) != value
        ]
    return Restatement(today["unit"]["code"], issued["position"], now, tuple(figures))


def _causes(connection: Connection, unit: str, period: Period, code: str, before: int, after: int) -> tuple[Cause, ...]:
    """The causes of a figure's difference; of one that is known by now as nothing, those of the returns that say so."""
    found = [
        cause
        for part in expand.parts(code)
        for cause in restatement.causes(connection, unit, period, part, before, after)
    ]
    if not found and isinstance(BY_CODE.get(code), Grade):
        laid_down = restatement.policies_between(connection, code, period, [unit], unit, before, after).get(unit)
        if laid_down:
            return (Cause("policy_change", 0, last_codes(connection, [unit], after)[unit], None, laid_down),)
    if not found:
        returns = restatement.causes(connection, unit, period, "submissions.counted", before, after)
        found = [replace(cause, value=0) for cause in returns]
    return tuple(found)
