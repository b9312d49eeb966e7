"""Quality: the warehouse checked before a period's reports, the outcome recorded, and a bad outcome refused."""

from events import log
from events.errors import RefusedError
from events.recorded import NewEvent
from events.types.reports import QualityChecked
from flows.context import Context, alone
from schemas.periods import Period
from warehouse import project, quality
from warehouse.quality import QualityResult

FOLDER = "quality"
"""Where Data Docs are kept below the home folder, one site a period."""


def check_quality(context: Context, period: Period) -> QualityResult:
    """Project everything that is recorded, check it as of that position, and record the outcome, good or bad."""
    stream = f"quality-{period.code}"
    with context.engine.connect() as connection, alone(connection, stream):
        position = project.project(context.engine)
        result = quality.check(context.engine, period, position, context.settings.home / FOLDER)
        checked = QualityChecked(period.code, position, result.passed, result.results)
        with connection.begin():
            version = log.stream_versions(connection, [stream]).get(stream, 0) + 1
            log.append(connection, [NewEvent(stream, version, checked)])
    return result


def require_quality(result: QualityResult) -> None:
    """Raise RefusedError `quality_failed`, which names the error-level expectations that were not met."""
    if not result.passed:
        raise RefusedError(
            "quality_failed", period=result.period, expectations=", ".join(result.failed), site=result.site
        )
