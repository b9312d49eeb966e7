"""Quality: the warehouse checked before a period's reports, the outcome recorded, and a bad outcome refused."""

from collections.abc import Collection, Sequence

from events import log
from events.errors import RefusedError
from events.log.recorded import NewEvent
from events.types.reports import QualityChecked
from flows.context import Context, alone
from schemas.periods import Period
from warehouse import hierarchy
from warehouse.projections import project
from warehouse.quality import site, trend
from warehouse.quality.check import QualityResult, check

FOLDER = "quality"
"""Where Data Docs are kept below the home folder, one site a period, and beside them the trend over periods."""


def checked(context: Context, period: Period, units: Sequence[str]) -> dict[str, QualityResult]:
    """What the checks say of the data of each unit's root, by unit.

    All data is checked at once. Only where something does not hold and there are several roots, each is checked by
    itself, so that nobody's bad data stops another's reports.
    """
    whole = check_quality(context, period)
    if whole.passed:
        return dict.fromkeys(units, whole)
    with context.engine.connect() as connection:
        tops = {unit: hierarchy.root_of(connection, unit, period.last, whole.position) for unit in units}
    by_root = {root.unit: result for root, result in checked_apart(context, period, whole, set(tops.values()))}
    return {unit: by_root.get(top or "", whole) for unit, top in tops.items()}


def checked_apart(
    context: Context, period: Period, whole: QualityResult, wanted: Collection[str | None] | None = None
) -> list[tuple[hierarchy.Unit, QualityResult]]:
    """What the checks say of each root alone, where not everything holds that there is of several; else nothing.

    With `wanted`, of those roots (their ids).
    """
    with context.engine.connect() as connection:
        roots = hierarchy.root_units(connection, period.last, whole.position)
    if whole.passed or len(roots) < 2:
        return []
    return [
        (root, check_quality(context, period, root.unit)) for root in roots if wanted is None or root.unit in wanted
    ]


def check_quality(context: Context, period: Period, root: str | None = None) -> QualityResult:
    """Project everything that is recorded, check it as of that position, and record the outcome, good or bad.

    With `root` (the id of a top unit), only what belongs to it and what belongs to nobody.
    """
    stream, folder = f"quality-{period.code}", context.settings.home / FOLDER
    with context.engine.connect() as connection, alone(connection, stream):
        position = project.project(context.engine)
        result = check(context.engine, period, position, folder, root=root)
        outcome = QualityChecked(period.code, position, result.passed, result.results, root)
        with connection.begin():
            version = log.stream_versions(connection, [stream]).get(stream, 0) + 1
            log.append(connection, [NewEvent(stream, version, outcome)], context.actor)
        project.project(context.engine)
        site.prune(folder, context.settings.quality_kept)
        trend.write(connection, folder)
    return result


def require_quality(result: QualityResult) -> int:
    """The position whose data passed its checks.

    Raises RefusedError `quality_failed`, which names the error-level expectations that were not met.
    """
    if not result.passed:
        raise RefusedError(
            "quality_failed", period=result.period, expectations=", ".join(result.failed), site=result.site
        )
    return result.position
