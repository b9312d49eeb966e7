"""What every test stands on: a clean environment, a PostgreSQL, and new databases in it.

With `NGUON_TEST_DATABASE_URL` the tests use that server, where they must be allowed to create databases;
otherwise an embedded one, which all workers of a run share.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from sqlalchemy import Engine, text

from events.database import engine
from events.errors import UsageError
from events.server import embedded
from events.server.cluster import Cluster
from schemas.messages.translation import text as wording
from tests.thoroughness import FEWER, NIGHTLY

EXTERNAL_SERVER = "NGUON_TEST_DATABASE_URL"
RUN_FOLDER = "NGUON_TEST_FOLDER"
LONG = {"test_demo", "test_unattended", "test_served", "test_return_law"}

# Where changes are judged, the same examples each time: what fails there fails again. Elsewhere always new ones.
hypothesis.settings.register_profile(
    "ours", deadline=None, derandomize="CI" in os.environ, max_examples=1000 if NIGHTLY else 25 if FEWER else 100
)
hypothesis.settings.load_profile("ours")


def pytest_configure(config: pytest.Config) -> None:
    """Let nothing of the person's own settings in, and nothing out over the network."""
    if not hasattr(config, "workerinput"):
        # Not below pytest's own temporary folder: its owner alone may enter that, and as root the server is another.
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="nguon-test-")
        _run_folder().chmod(0o711)
        # Registered first, so it runs last: after the server has stopped.
        atexit.register(shutil.rmtree, _run_folder(), ignore_errors=True)
    for name in list(os.environ):
        if name.startswith(("NGUON_", "PREFECT_")) and name not in (EXTERNAL_SERVER, RUN_FOLDER):
            del os.environ[name]
    os.environ |= {
        "PREFECT_HOME": str(_run_folder() / f"prefect-{os.getpid()}"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "GX_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    _require_way()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes, most of it waiting, comes first: one worker begins with it, and the other takes the rest."""
    items.sort(key=lambda item: item.path.stem not in LONG)


def _require_way() -> None:
    """As root, end with one line instead of a failure for each test, where the server's account may not enter."""
    try:
        Cluster(_run_folder() / "home" / "postgres")
    except UsageError as refused:
        raise pytest.UsageError(wording(f"error.{refused.key}", "en", **refused.details)) from None


def _run_folder() -> Path:
    return Path(os.environ[RUN_FOLDER])


@pytest.fixture(scope="session")
def database_url() -> str:
    """A PostgreSQL on which databases may be created."""
    return os.environ.get(EXTERNAL_SERVER) or embedded(_run_folder() / "home")


@pytest.fixture(scope="session")
def _server(database_url: str) -> Iterator[Engine]:
    server = engine(database_url).execution_options(isolation_level="AUTOCOMMIT")
    yield server
    server.dispose()


@pytest.fixture(scope="session")
def _template(_server: Engine) -> Iterator[str]:
    """The name of a migrated database without sessions, to be cloned."""
    from warehouse.migrate import upgrade

    with _new_database(_server, "TEMPLATE template0 ENCODING 'UTF8'") as name:
        migrated = engine(_url(_server, name))
        upgrade(migrated)
        migrated.dispose()
        yield name


@pytest.fixture
def fresh_database(_server: Engine, _template: str) -> Iterator[Engine]:
    """A migrated database without data, for one test alone."""
    with _new_database(_server, f"TEMPLATE {_template}") as name:
        fresh = engine(_url(_server, name))
        yield fresh
        fresh.dispose()


@pytest.fixture(scope="module")
def module_database(_server: Engine, _template: str) -> Iterator[Engine]:
    """A migrated database without data, shared by the tests of a module."""
    with _new_database(_server, f"TEMPLATE {_template}") as name:
        fresh = engine(_url(_server, name))
        yield fresh
        fresh.dispose()


@pytest.fixture
def empty_database(_server: Engine) -> Iterator[Engine]:
    """A database with nothing in it, not even migrated, for one test alone."""
    with _new_database(_server, "TEMPLATE template0 ENCODING 'UTF8'") as name:
        empty = engine(_url(_server, name))
        yield empty
        empty.dispose()


@pytest.fixture
def copy_of(_server: Engine) -> Iterator[Callable[[Engine], Engine]]:
    """Makes a database that is another one as it stands now, for one test alone; the other is left without sessions."""
    with ExitStack() as made:

        def copied(original: Engine) -> Engine:
            original.dispose()
            name = made.enter_context(_new_database(_server, f"TEMPLATE {original.url.database}"))
            copy = engine(_url(_server, name))
            made.callback(copy.dispose)
            return copy

        yield copied


@contextmanager
def _new_database(server: Engine, options: str) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    with server.connect() as session:
        session.execute(text(f"CREATE DATABASE {name} {options}"))
    try:
        yield name
    finally:
        with server.connect() as session:
            session.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _url(server: Engine, name: str) -> str:
    return server.url.set(database=name).render_as_string(hide_password=False)
