"""The contents of issued reports, kept byte for byte: what was issued never changes."""

from sqlalchemy import Column, LargeBinary, MetaData, Table, Text

metadata = MetaData(schema="issued")

content = Table(
    "content",
    metadata,
    Column("content_hash", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    comment="One row per report content, by its SHA-256; canonical JSON without personal data.",
)
