"""The log's tables as metadata; the files under `sql/` make them and the functions and triggers that guard them."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(schema="events")

event = Table(
    "event",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("stream", Text, nullable=False),
    Column("stream_version", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("body", JSON, nullable=False),
    Column("leaf_hash", LargeBinary, Computed("events.leaf(body)", persisted=True), nullable=False),
    UniqueConstraint("stream", "stream_version", name="event_stream_key", postgresql_include=["position"]),
    Index(
        "event_seldom",
        "type",
        "position",
        postgresql_where=text(
            "type in ('HoldPlaced', 'HoldReleased', 'PersonalDataAccessed', 'PositionQuarantined', 'ReportCompiled',"
            " 'SubjectErased')"
        ),
    ),
)

head = Table(
    "head",
    metadata,
    Column("one", Boolean, primary_key=True, server_default=text("true")),
    Column("position", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("one", name="head_one"),
)

skew = Table(
    "skew",
    metadata,
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("behind", Interval, nullable=False, comment="How far at most; of a second or less nothing is recorded."),
    CheckConstraint("first <= last and behind > interval '1 second'", name="skew_stretch"),
    comment="One row per stretch of appends that took the head's time, since the server's clock stood behind it.",
)

turn = Table(
    "turn",
    metadata,
    Column("what", Text, primary_key=True),
    CheckConstraint("octet_length(what) between 1 and 200", name="turn_short"),
    comment="One row per thing that only one process does at a time: its row lock is the turn.",
)

tile = Table(
    "tile",
    metadata,
    Column(
        "level",
        SmallInteger,
        primary_key=True,
        autoincrement=False,
        comment="Height of the tile: its hashes stand over 256^level leaves each.",
    ),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
    CheckConstraint("length(hashes) between 32 and 8192 and length(hashes) % 32 = 0", name="tile_hashes"),
    comment="One row per tile of the Merkle tree: up to 256 hashes of one level, side by side.",
)

signed_checkpoint = Table(
    "signed_checkpoint",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column(
        "number", Integer, nullable=False, comment="Counts from 1 without a gap, so that a lost checkpoint is missed."
    ),
    Column("root", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    UniqueConstraint("number", name="signed_checkpoint_number_key"),
    comment="One row per signed checkpoint of the log: a C2SP note and what it states.",
)
