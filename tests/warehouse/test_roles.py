"""Every table of ours is given to somebody and to nobody beyond need; the roles come about whoever migrates."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, Engine, create_engine, text

from events.database import engine
from events.server import embedded
from tests.accounts import account, logged_in, own_database, written
from warehouse import migrate, views
from warehouse.migrate import upgrade
from warehouse.rebuild import rebuild
from warehouse.rights import roles

SCHEMAS = (*migrate.SCHEMAS, views.SCHEMA)
WRITER, READER, AUDITOR = roles.ROLES[1:]

RIGHTS = """
select n.nspname || '.' || c.relname as relation, role, privilege
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
cross join unnest(cast(:roles as text[])) as role
cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES', 'DELETE', 'TRUNCATE', 'TRIGGER']) as privilege
where n.nspname = any(:schemas) and c.relkind in ('r', 'p', 'v', 'm')
    and case when privilege in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
        then has_any_column_privilege(role, c.oid, privilege) else has_table_privilege(role, c.oid, privilege) end
"""


def rights(connection: Connection, role: str) -> dict[str, set[str]]:
    """What a role may do, in whole or on some columns: privilege to tables and views."""
    found: dict[str, set[str]] = {}
    for row in connection.execute(text(RIGHTS), {"roles": [role], "schemas": list(SCHEMAS)}):
        found.setdefault(row.privilege, set()).add(row.relation)
    return found


def relations(connection: Connection) -> set[str]:
    """All tables and views of ours."""
    return set(
        connection.execute(
            text(
                "select relnamespace::regnamespace || '.' || relname from pg_class"
                " where relnamespace::regnamespace::text = any(:schemas) and relkind in ('r', 'p', 'v', 'm')"
            ),
            {"schemas": list(SCHEMAS)},
        ).scalars()
    )


def undecided(connection: Connection) -> set[str]:
    """Tables and views that no file under `warehouse/rights/` speaks of: an auditor reads all that there is."""
    return relations(connection) - rights(connection, AUDITOR)["SELECT"]


def within(names: set[str], *schemas: str) -> set[str]:
    return {name for name in names if name.partition(".")[0] in schemas}


def test_the_rights_on_every_table_are_decided(fresh_database: Engine) -> None:
    with fresh_database.connect() as connection:
        assert undecided(connection) == set()
        connection.exec_driver_sql("create table vault.forgotten (one integer)")
        connection.exec_driver_sql("create view warehouse.forgotten as select 1 as one")
        assert undecided(connection) == {"vault.forgotten", "warehouse.forgotten"}


def test_nobody_has_more_rights_than_the_work_needs(fresh_database: Engine) -> None:
    with fresh_database.connect() as connection:
        everything = relations(connection)
        writer, reader, auditor = (rights(connection, role) for role in (WRITER, READER, AUDITOR))
        public = rights(connection, "public")
    assert public == {}
    assert reader == {"SELECT": within(everything, "warehouse", "analysis", "issued")}
    assert auditor == {"SELECT": everything}
    assert writer.keys() == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert writer["DELETE"] == {"vault.condemned", "vault.mention", "vault.tombstone"}
    assert everything - writer["SELECT"] == set()
    by_function = {"events.head", "events.skew", "events.tile", "events.turn"}
    assert everything - writer["INSERT"] == by_function | within(everything, "analysis")
    assert everything - writer["UPDATE"] >= {"events.event", *by_function, "issued.content", "vault.access"}


def test_the_roles_themselves_can_do_nothing_on_the_server(fresh_database: Engine) -> None:
    with fresh_database.connect() as connection:
        rows = connection.execute(
            text(
                "select rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
                " from pg_roles where rolname = any(:roles)"
            ),
            {"roles": [*roles.ROLES, roles.LOG]},
        ).all()
    assert rows == [(False,) * 6] * 5


def test_what_runs_with_the_owners_rights_is_closed(fresh_database: Engine) -> None:
    with fresh_database.connect() as connection:
        rows = connection.execute(
            text(
                "select proname, array_to_string(proconfig, ' ') as config,"
                " has_function_privilege('public', oid, 'execute') as open"
                " from pg_proc where prosecdef and pronamespace::regnamespace::text = any(:schemas)"
            ),
            {"schemas": list(SCHEMAS)},
        ).all()
    assert {row.proname for row in rows} >= {"lock_head", "guard_append"}
    assert {row.config.removesuffix(" lock_timeout=1s") for row in rows} == {"search_path=pg_catalog, pg_temp"}
    assert not any(row.open for row in rows)


def owners(connection: Connection, *schemas: str) -> set[str]:
    return set(
        connection.execute(
            text(
                "select relowner::regrole::text from pg_class"
                " where relnamespace::regnamespace::text = any(:s) and relkind in ('r', 'v', 'm')"
                " union select proowner::regrole::text from pg_proc where pronamespace::regnamespace::text = any(:s)"
                " union select nspowner::regrole::text from pg_namespace where nspname = any(:s)"
            ),
            {"s": list(schemas)},
        ).scalars()
    )


def test_an_owner_migrates_and_rebuilds_and_the_rights_stay(fresh_database: Engine) -> None:
    others = [schema for schema in SCHEMAS if schema != "events"]
    upgrade(fresh_database)  # A copy of a database has none of the rights on the database itself.
    with fresh_database.connect() as connection:
        before = {role: rights(connection, role) for role in roles.ROLES}
    for _ in range(2):
        with account(fresh_database, "in role nguon_owner") as url, logged_in(url) as owner:
            upgrade(owner)
            assert rebuild(owner).differing == ()
    with fresh_database.connect() as connection:
        assert owners(connection, *others) == {"nguon_owner"}
        assert owners(connection, "events") == {"nguon_log"}
        assert {role: rights(connection, role) for role in roles.ROLES} == before
        assert roles.lacking(connection) == []


def test_no_session_but_the_programs_waits_or_keeps_waiting_for_long(fresh_database: Engine) -> None:
    settings = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    upgrade(fresh_database)
    with account(fresh_database, "in role nguon_reader") as url:
        foreign = create_engine(url)
        with foreign.connect() as connection:
            found = [connection.exec_driver_sql(f"show {name}").scalar_one() for name in settings]
        foreign.dispose()
        assert found == ["10s", "1h", "10min"]
        with logged_in(url) as made, made.connect() as connection:
            assert {connection.exec_driver_sql(f"show {name}").scalar_one() for name in settings} == {"0"}


@contextmanager
def without_roles(server: Engine, database: Engine) -> Iterator[Connection]:
    """An administrator's session in a server where the roles do not exist yet; undone at the end."""
    there = engine(written(server.url.set(database=database.url.database)))
    with there.connect() as connection:
        for role in (*roles.ROLES, roles.LOG):
            connection.exec_driver_sql(f"alter role {role} rename to {role}_{uuid4().hex[:8]}")
        connection.exec_driver_sql("set local search_path to warehouse, public")
        yield connection
        connection.rollback()
    there.dispose()


def settle_as(connection: Connection, name: str) -> list[str]:
    """Settle the roles under another account; what that lacks."""
    connection.exec_driver_sql(f"set local session authorization {name}")
    roles.settle(connection, migrate.SCHEMAS)
    lacking = roles.lacking(connection)
    connection.exec_driver_sql("reset session authorization")
    return lacking


def test_an_account_that_may_make_roles_makes_them_and_goes_on_working(fresh_database: Engine) -> None:
    with own_database(fresh_database, "createrole") as (name, made):
        upgrade(made)
        with without_roles(fresh_database, made) as connection:
            # Who made a role may give it to itself, from PostgreSQL 16 on: so nobody is to be left with nguon_log.
            told = settle_as(connection, name)
            assert set(told) <= {f"revoke nguon_log from {name}"}
            for statement in told:
                connection.exec_driver_sql(statement)
            assert settle_as(connection, name) == []
            assert owners(connection, *(schema for schema in SCHEMAS if schema != "events")) == {"nguon_owner"}
            # Before PostgreSQL 16 it had handed the log over already, to the role that has another name by now.
            (of_the_log,) = owners(connection, "events")
            assert of_the_log.startswith("nguon_log")
            assert within(undecided(connection), *(set(SCHEMAS) - {"events"})) == set()
            connection.exec_driver_sql(f"set local session authorization {name}")
            connection.exec_driver_sql("insert into checkpoint values ('kept working', 1)")


def test_an_account_that_may_not_make_roles_says_what_an_administrator_has_to_run(fresh_database: Engine) -> None:
    with own_database(fresh_database) as (name, made):
        upgrade(made)
        upgrade(made)
        assert rebuild(made).differing == ()
        with without_roles(fresh_database, made) as connection:
            told = settle_as(connection, name)
            created = [f"create role {role} nologin" for role in (*roles.ROLES, roles.LOG)]
            assert told == [*created, f"grant nguon_owner to {name}", f"grant nguon_log to {name}"]
            for statement in told:
                connection.exec_driver_sql(statement)
            for statement in settle_as(connection, name):
                assert statement == f"revoke nguon_log from {name}"
                connection.exec_driver_sql(statement)
            assert settle_as(connection, name) == []
            assert owners(connection, *SCHEMAS) == {"nguon_owner", "nguon_log"}
            assert undecided(connection) == set()


def test_databases_of_one_server_may_make_the_roles_at_the_same_time() -> None:
    home = Path(os.environ["NGUON_TEST_FOLDER"]) / f"roles-{uuid4().hex}"
    server = engine(embedded(home))
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        for number in range(4):
            session.exec_driver_sql(f"create database n{number}")
    databases = [engine(written(server.url.set(database=f"n{number}"))) for number in range(4)]
    program = "import sys; from events.database import engine; from warehouse.migrate import upgrade; "
    program += "upgrade(engine(sys.argv[1]))"
    processes = [subprocess.Popen([sys.executable, "-c", program, written(each.url)]) for each in databases]
    assert [process.wait() for process in processes] == [0] * 4
    for database in databases:
        with database.connect() as connection:
            assert roles.lacking(connection) == []
            assert undecided(connection) == set()
        database.dispose()
    server.dispose()
