"""Quality: the warehouse checked before a period's reports, the outcome recorded, and a bad outcome refused."""

from events import log
from events.errors import RefusedError
from events.log.recorded import NewEvent
from events.types.reports import QualityChecked
from flows.context import Context, alone
from schemas.periods import Period
from warehouse.projections import project
from warehouse.quality import site, trend
from warehouse.quality.check import QualityResult, check

FOLDER = "quality"
"""Where Data Docs are kept below the home folder, one site a period, and beside them the trend over periods."""


def check_quality(context: Context, period: Period) -> QualityResult:
    """Project everything that is recorded, check it as of that position, and record the outcome, good or bad."""
    stream, folder = f"quality-{period.code}", context.settings.home / FOLDER
    with context.engine.connect() as connection, alone(connection, stream):
        position = project.project(context.engine)
        result = check(context.engine, period, position, folder)
        checked = QualityChecked(period.code, position, result.passed, result.results)
        with connection.begin():
            version = log.stream_versions(connection, [stream]).get(stream, 0) + 1
            log.append(connection, [NewEvent(stream, version, checked)], context.actor)
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
