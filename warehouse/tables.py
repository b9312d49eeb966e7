"""The read side's tables. They name no schema: `search_path` decides, so that a rebuild can fill a second set.

Every fact carries `position`, the event that made it, and `position_to`, the event that superseded it
(null while it stands): the table as of position p is the rows with position <= p < position_to.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

metadata = MetaData()


def _id(name: str, *, nullable: bool = True, primary_key: bool = False) -> Column[str]:
    return Column(name, Uuid(as_uuid=False), nullable=nullable and not primary_key, primary_key=primary_key)


def _position() -> Column[int]:
    return Column("position", BigInteger, primary_key=True, autoincrement=False)


def _fact(name: str, comment: str, *columns: SchemaItem) -> Table:
    return Table(
        name,
        metadata,
        _position(),
        Column("position_to", BigInteger),
        _id("unit", nullable=False),
        *columns,
        _id("submission"),
        Column("sheet", Text),
        Column("row", Integer),
        comment=comment,
    )


checkpoint = Table(
    "checkpoint",
    metadata,
    Column("projection", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
    comment="One row per projection: the last log position that it holds.",
)

unit_change = Table(
    "unit_change",
    metadata,
    _position(),
    _id("unit", nullable=False),
    Column("on_date", Date, nullable=False),
    Column("alive", Boolean),
    _id("parent"),
    Column("code", Text),
    Column("name", Text),
    Column("kind", Text),
    Column("level", SmallInteger),
    Index("unit_change_unit", "unit", "on_date", "position"),
    Index("unit_change_code", "code"),
    comment="One row per event about a unit; a null column was not changed by it, and on_date is when it takes effect.",
)

succession = Table(
    "succession",
    metadata,
    _position(),
    _id("unit", nullable=False),
    _id("successor", primary_key=True),
    Column("on_date", Date, nullable=False),
    Index("succession_successor", "successor", "on_date"),
    comment="One row per unit that ended and each unit that follows it: one after a merger, several after a split.",
)

submission = Table(
    "submission",
    metadata,
    _id("submission", primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    _id("unit"),
    Column("period", Text),
    Column("form", Text),
    Column("size", BigInteger, nullable=False),
    Column("decided_position", BigInteger),
    Column("decided_at", DateTime(timezone=True)),
    Column("accepted", Boolean),
    _id("previous"),
    Column("rows", Integer),
    Index("submission_period", "period", "unit"),
    comment="One row per submission: when it came, for what, what was decided; decided_position is null until then.",
)

finding = Table(
    "finding",
    metadata,
    _position(),
    Column("number", Integer, primary_key=True),
    _id("submission", nullable=False),
    Column("code", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("sheet", Text),
    Column("cell", Text),
    Column("column_key", Text),
    Index("finding_submission", "submission"),
    comment="One row per problem found in a workbook: what and where, never the value.",
)

nominee = _fact(
    "nominee",
    "One row per version of a nominee's coded facts.",
    _id("subject", nullable=False),
    Column("identified_on", Date, nullable=False),
    Column("sex", Text, nullable=False),
    Column("birth_year", SmallInteger, nullable=False),
    Column("ethnic_minority", Boolean, nullable=False),
    Column("source_group", Text, nullable=False),
    Column("commitment", Text, nullable=False),
    Index("nominee_subject", "subject"),
)

step = _fact(
    "step",
    "One row per version of a step that a nominee took; being identified is the first.",
    _id("subject", nullable=False),
    Column("step", Text, nullable=False),
    Column("on_date", Date, nullable=False),
    Column("document", Text),
    Column("total", Integer),
    Column("present", Integer),
    Column("votes_for", Integer),
    Column("votes_against", Integer),
    Index("step_subject", "subject"),
    # Facts come in about the order of their days: a summary of each few pages is enough, and costs next to nothing.
    Index("step_on_date", "on_date", postgresql_using="brin", postgresql_with={"autosummarize": "on"}),
)

membership = _fact(
    "membership",
    "One row per version of a stock that a unit reported for a period.",
    Column("period", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("value", Integer, nullable=False),
)

activity = _fact(
    "activity",
    "One row per version of an activity that a unit reported.",
    Column("period", Text, nullable=False),
    Column("activity", Text, nullable=False),
    Column("on_date", Date, nullable=False),
    Column("participants", Integer, nullable=False),
    Column("members", Integer),
)

target = _fact(
    "target",
    "One row per version of a yearly target of a unit.",
    Column("year", SmallInteger, nullable=False),
    Column("target", Text, nullable=False),
    Column("value", Integer, nullable=False),
)

FACTS = (nominee, step, membership, activity, target)

quality = Table(
    "quality",
    metadata,
    _position(),
    Column("period", Text, nullable=False),
    Column("as_of", BigInteger, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("results", JSONB, nullable=False),
    comment="One row per run of the quality checks.",
)

report = Table(
    "report",
    metadata,
    _position(),
    _id("unit", nullable=False),
    Column("period", Text, nullable=False),
    Column("as_of", BigInteger, nullable=False),
    Column("tree_on", Date, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("code_version", Text, nullable=False),
    Column("compiled_at", DateTime(timezone=True), nullable=False),
    Index("report_period", "period", "unit"),
    comment="One row per report compiled for a unit and a period.",
)

closing = Table(
    "closing",
    metadata,
    _position(),
    _id("unit", nullable=False),
    Column("period", Text, nullable=False),
    Column("as_of", BigInteger, nullable=False),
    Column("reports", Integer, nullable=False),
    Column("closed_at", DateTime(timezone=True), nullable=False),
    comment="One row per closing of a period for a unit and all units under it.",
)
