"""The vault's tables: personal data and raw files, the only part of the database that can be made to forget."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Computed,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
)

metadata = MetaData(schema="vault")

file = Table(
    "file",
    metadata,
    Column("submission", Uuid(as_uuid=False), primary_key=True),
    Column("slot", BigInteger, comment="Place in the key store of the key to file, rows and comment."),
    Column("sealed_name", LargeBinary, comment="The name, encrypted."),
    Column("sealed", LargeBinary, comment="Salt and bytes, encrypted."),
    Column("fingerprint", LargeBinary, unique=True, comment="Keyed HMAC of the bytes: the same file is known again."),
    comment="One row per file received; once erased, null but for the submission and a new key to the rows of others.",
)

workbook = Table(
    "workbook",
    metadata,
    Column("submission", Uuid(as_uuid=False), ForeignKey(file.c.submission), primary_key=True),
    Column("leaves", LargeBinary, nullable=False, comment="One SHA-256 per row: the leaves under the root in the log."),
    Column("sealed", LargeBinary, comment="Places, salts, contents of rows, encrypted; null once all are erased."),
    comment="One row per valid workbook: the filled rows of its sheets as they were read.",
)

subject = Table(
    "subject",
    metadata,
    Column("subject", Uuid(as_uuid=False), primary_key=True),
    Column("slot", BigInteger, comment="Place in the key store of the key to the person's records; null once erased."),
    Column("match", LargeBinary, unique=True, comment="Keyed HMAC of the identity number; null once erased."),
    comment="One row per person, known by a random id everywhere outside the vault.",
)

former_match = Table(
    "former_match",
    metadata,
    Column("subject", Uuid(as_uuid=False), ForeignKey(subject.c.subject), primary_key=True),
    Column(
        "number", Integer, primary_key=True, autoincrement=False, comment="Counts a person's former numbers from 1."
    ),
    Column("match", LargeBinary, unique=True, comment="Keyed HMAC of an identity number; null once erased."),
    comment="One row per identity number under which a person was known before it was corrected.",
)

person = Table(
    "person",
    metadata,
    Column("subject", Uuid(as_uuid=False), ForeignKey(subject.c.subject), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False, comment="Counts a person's records from 1."),
    Column("commitment", LargeBinary, nullable=False, unique=True),
    Column(
        "likeness",
        LargeBinary,
        index=True,
        comment="Keyed HMAC of the folded name and the birth date; null once erased.",
    ),
    Column(
        "sealed",
        LargeBinary,
        comment="Salt and canonical JSON of name, identity number and birth date, encrypted; null once erased.",
    ),
    Column("kept", Boolean, Computed("sealed is not null", persisted=True), comment="Whether it is not erased."),
    comment="One row per version of a person's record; the event that recorded it carries the commitment.",
)

comment = Table(
    "comment",
    metadata,
    Column("submission", Uuid(as_uuid=False), ForeignKey(file.c.submission), primary_key=True),
    Column("sealed", LargeBinary, comment="Salt and words, encrypted; null once erased."),
    comment="One row per return that was given back with words; the event carries the commitment.",
)

mention = Table(
    "mention",
    metadata,
    Column("submission", Uuid(as_uuid=False), ForeignKey(file.c.submission), primary_key=True),
    Column("source", Text, primary_key=True, comment="file or comment."),
    Column(
        "words",
        ARRAY(BigInteger),
        nullable=False,
        comment="The first 64 bits of keyed hashes of numbers and names; 0 stands for all that was not looked into.",
    ),
    Column("mac", LargeBinary, nullable=False, comment="Keyed HMAC of the row."),
    Index("mention_words", "words", postgresql_using="gin"),
    comment="One row per file or comment: whom it may name, so that erasing opens these alone.",
)

condemned = Table(
    "condemned",
    metadata,
    Column("slot", BigInteger, primary_key=True, autoincrement=False),
    Column("owner", Uuid(as_uuid=False), nullable=False),
    comment="One row per key that an erasure gave up and that is not yet overwritten in the key store; normally none.",
)

tombstone = Table(
    "tombstone",
    metadata,
    Column(
        "mark", LargeBinary, primary_key=True, comment="Keyed HMAC of a number, a file or a likeness of the erased."
    ),
    Column("subject", Uuid(as_uuid=False), ForeignKey(subject.c.subject), nullable=False, index=True),
    comment="One row per mark by which an erased person is known again, so that nobody brings them back unawares.",
)

access = Table(
    "access",
    metadata,
    Column("reading", Uuid(as_uuid=False), primary_key=True),
    Column("reader", Text, nullable=False),
    Column("subject", Uuid(as_uuid=False), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Index("access_subject", "subject"),
    comment="One row per reading of a person's data: who, whose, why; the event that commits to it tells when.",
)

hold = Table(
    "hold",
    metadata,
    Column("hold", Uuid(as_uuid=False), primary_key=True),
    Column("subject", Uuid(as_uuid=False), nullable=False),
    Column("reason", Text, nullable=False),
    Column("placed_by", Text, nullable=False),
    Column("placed_salt", LargeBinary, nullable=False),
    Column("released_by", Text),
    Column("released_salt", LargeBinary),
    Index("hold_subject", "subject"),
    comment="One row per legal hold: whose data must be kept and why, who placed and who released it; "
    "the events that commit to it tell when.",
)

account = Table(
    "account",
    metadata,
    Column("account", Uuid(as_uuid=False), primary_key=True),
    Column("name", Text, nullable=False, unique=True, comment="The account's name on its machine, name@machine."),
    Column("salt", LargeBinary, nullable=False),
    comment="One row per person who acted where two are needed; the event that commits to the name tells when.",
)
