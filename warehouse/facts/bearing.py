"""Which events bear on figures: the others leave every report as it was."""

from sqlalchemy import Connection, text

BESIDE = (
    "ReportCompiled",
    "PeriodClosed",
    "QualityChecked",
    "PersonalDataAccessed",
    "SubjectErased",
    "ErasureLifted",
    "HoldPlaced",
    "HoldReleased",
)
"""Events that bear on no figure."""


def bearing(connection: Connection, after: int, upto: int) -> bool:
    """Whether an event at a position after < p <= upto bears on a figure."""
    return bool(
        connection.execute(
            text(
                "select exists (select from events.event where position > :after and position <= :upto"
                " and type <> all(:beside))"
            ),
            {"after": after, "upto": upto, "beside": list(BESIDE)},
        ).scalar()
    )
