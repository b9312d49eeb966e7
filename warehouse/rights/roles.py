"""Who may do what in the database: four roles of the server, and their rights on what is ours.

nguon_owner owns all but the log and rebuilds, nguon_writer runs the program, nguon_reader reads figures, nguon_auditor
verifies and traces. Accounts become members. What each may do stands in the files under `rights/`.
"""

from functools import cache
from pathlib import Path

from sqlalchemy import Connection

from warehouse import views

ROLES = ("nguon_owner", "nguon_writer", "nguon_reader", "nguon_auditor")
LOG = "nguon_log"
"""Owns the log, so that no account may switch its guards off; nobody is a member of it."""


def settle(connection: Connection, schemas: tuple[str, ...]) -> None:
    """Make the roles where they are missing, and give them their rights on our `schemas`. Safe to repeat.

    The first name of the search path is the warehouse's schema. An account that may not do all of this does what it
    may, and `lacking` tells the rest.
    """
    run = connection.exec_driver_sql
    run(_sql("create"), {"roles": [*ROLES, LOG]})
    for role in ("nguon_owner", LOG):
        if not _may_own(connection, role):
            run(_sql("join") % {"role": role})
    if not _all_there(connection):
        return
    run(_sql("server"))
    hand_over(connection, (*schemas, views.SCHEMA))
    for statement in run(_sql("database")).scalars().all():
        run(statement)
    if run("select pg_has_role(nspowner, 'USAGE') from pg_namespace where nspname = 'events'").scalar_one():
        run(_sql("events"))
    for rights in ("vault", "issued"):
        run(_sql(rights))
    if run("select nspowner = to_regrole('nguon_log') from pg_namespace where nspname = 'events'").scalar_one():
        run(_sql("leave"))


def hand_over(connection: Connection, schemas: tuple[str, ...], analysis: str = views.SCHEMA) -> None:
    """Hand over what lies in `schemas` to its owner, and give the rights on the warehouse and on its views.

    The warehouse is the current schema, its views are in the schema `analysis`. Does nothing where roles are missing.
    """
    run = connection.exec_driver_sql
    if not _all_there(connection):
        return
    needed = "SET" if connection.exec_driver_sql("show server_version_num").scalar_one() >= "160000" else "MEMBER"
    for statement in run(_sql("ownership"), {"schemas": list(schemas), "needed": needed}).scalars().all():
        run(statement)
    run(_sql("warehouse"))
    run(_sql("analysis").replace("{schema}", analysis))


def lacking(connection: Connection) -> list[str]:
    """The statements that an administrator of the server has to run before the roles are whole; normally none."""
    values = {
        "roles": [*ROLES, LOG],
        "may_own": _may_own(connection, "nguon_owner"),
        "may_hand_over": _may_own(connection, LOG),
    }
    return list(connection.exec_driver_sql(_sql("lacking"), values).scalars())


def _all_there(connection: Connection) -> bool:
    wanted = [*ROLES, LOG]
    found = connection.exec_driver_sql(
        "select count(*) from pg_roles where rolname = any(%(roles)s)", {"roles": wanted}
    ).scalar_one()
    return bool(found == len(wanted))


def _may_own(connection: Connection, role: str) -> bool:
    return bool(connection.exec_driver_sql(_sql("may_own"), {"role": role}).scalar_one())


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")
