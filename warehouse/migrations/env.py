"""What Alembic runs: the connection comes from `warehouse.migrate`, so there is no alembic.ini to keep."""

from alembic import context

from warehouse.migrate import METADATA, include

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=list(METADATA),
    include_schemas=True,
    include_name=include,
    version_table="migration",
    version_table_schema="public",
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
