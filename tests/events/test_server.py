"""The embedded server lives as long as somebody uses it, and survives whatever happens to its users and itself."""

import fcntl
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from events.database import engine
from events.errors import TransientError
from events.server import cluster, embedded
from events.server.cluster import Cluster
from tests.thoroughness import times

ROOT = Path(__file__).parents[2]
USER = """
import sys
from pathlib import Path
from events.server import embedded
print(embedded(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


class User:
    """Another process that uses the server of a home until told to end."""

    def __init__(self, home: Path, program: str = USER) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, str(home)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def url(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def end(self) -> None:
        self.process.communicate(timeout=60)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="nguon-test-"))
    folder.chmod(0o711)  # for what is made below it: as root, the server's account passes
    yield folder
    shutil.rmtree(folder)


def alive(home: Path) -> bool:
    """Whether any process of the server is left: it holds the lock on `server` for life."""
    with (home / "postgres" / "server").open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def ask(url: str, statement: str) -> list[object]:
    database = engine(url)
    try:
        with database.begin() as session:
            answer = session.execute(text(statement))
            return list(answer.scalars()) if answer.returns_rows else []
    finally:
        database.dispose()


def postmaster(home: Path) -> int:
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])


def crash(home: Path) -> None:
    """Kill the server as a power cut would: without a chance to tidy up."""
    os.kill(postmaster(home), signal.SIGKILL)
    wait_until(lambda: not alive(home))


def wait_until(what: Callable[[], bool]) -> None:
    for _ in range(600):
        if what():
            return
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def processes(url: str, kind: str) -> list[int]:
    """The server's processes of a kind, but for the one that is asked."""
    which = f"backend_type = '{kind}' AND pid <> pg_backend_pid()"
    return [int(str(pid)) for pid in ask(url, f"SELECT pid FROM pg_stat_activity WHERE {which}")]


def test_first_use_makes_a_durable_utf8_database_that_later_uses_find_again(home: Path) -> None:
    first = User(home)
    url = first.url()
    assert ask(url, "SHOW fsync") == ask(url, "SHOW synchronous_commit") == ["on"]
    assert ask(url, "SHOW server_encoding") == ["UTF8"]
    ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    first.end()
    assert not alive(home)

    second = User(home)
    assert ask(second.url(), "SELECT answer FROM kept") == [42]
    second.end()


def test_processes_that_begin_together_share_one_server_and_the_last_one_stops_it(home: Path) -> None:
    users = [User(home) for _ in range(3)]
    url, *others = [user.url() for user in users]
    assert others == [url, url]
    for user in users[:-1]:
        user.end()
        assert ask(url, "SELECT 1") == [1]
    users[-1].end()
    assert not alive(home)


def test_a_killed_user_is_not_waited_for(home: Path) -> None:
    killed, next_one = User(home), User(home)
    assert killed.url() == next_one.url()
    killed.kill()
    assert alive(home)
    next_one.end()
    assert not alive(home)


def test_a_server_left_by_killed_users_is_used_again_and_then_stopped(home: Path) -> None:
    killed = User(home)
    url = killed.url()
    killed.kill()
    assert alive(home)
    server = postmaster(home)

    heir = User(home)
    assert heir.url() == url
    assert postmaster(home) == server
    heir.end()
    assert not alive(home)


def test_what_was_committed_survives_a_crash_of_the_server(home: Path) -> None:
    user = User(home)
    ask(user.url(), "CREATE TABLE kept AS SELECT 42 AS answer")
    crash(home)
    user.kill()

    survivor = User(home)
    assert ask(survivor.url(), "SELECT answer FROM kept") == [42]
    survivor.end()


def count_up(url: str, committed: list[int], begun: threading.Event) -> None:
    """Commit one number after another, until the server goes away."""
    writing = engine(url)
    with suppress(DBAPIError, TransientError), writing.connect() as session:
        while True:
            number = len(committed) + 1
            session.execute(text("INSERT INTO counted SELECT :number FROM generate_series(1, 500)"), {"number": number})
            session.commit()
            committed.append(number)
            begun.set()
    writing.dispose()


ROUNDS = times(6)


def test_a_stop_that_meets_a_crash_recovery_ends_it_and_loses_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(cluster.STOP_PATIENCE, "fast", 1)
    rng = random.Random(1)
    server = Cluster(home / "postgres")
    committed: list[int] = []
    ask(server.start(), "CREATE TABLE counted (number int)")
    for _ in range(ROUNDS):
        url, begun = server.start(), threading.Event()
        writer = threading.Thread(target=count_up, args=(url, committed, begun))
        writer.start()
        assert begun.wait(30)
        os.kill(rng.choice(processes(url, "client backend")), signal.SIGKILL)
        time.sleep(rng.choice((0, 0.001, 0.01, 0.03)))
        server.stop()
        assert not alive(home)
        writer.join()
        found = ask(server.start(), "SELECT number FROM counted GROUP BY 1 HAVING count(*) = 500 ORDER BY 1")
        # The last one may be there without an answer having come.
        assert found[: len(committed)] == committed and len(found) - len(committed) in (0, 1)
        committed[:] = range(1, len(found) + 1)
    server.stop()
    assert not alive(home)


SHORT = "from events.server import cluster\ncluster.PATIENCE, cluster.STOP_PATIENCE = 15, {'fast': 1, 'immediate': 2}\n"
IMPATIENT = USER.replace("print(", f"{SHORT}print(", 1)


@pytest.mark.parametrize("state", ["stopping", "orphaned"])
def test_a_server_that_hangs_is_ended_by_the_next_user(home: Path, state: str) -> None:
    user = User(home)
    url = user.url()
    ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    [frozen] = processes(url, "checkpointer")
    main = postmaster(home)
    user.kill()
    os.kill(frozen, signal.SIGSTOP)
    os.kill(main, signal.SIGINT if state == "stopping" else signal.SIGKILL)
    assert alive(home)

    heir = User(home, IMPATIENT)
    assert ask(heir.url(), "SELECT answer FROM kept") == [42]
    assert postmaster(home) != main
    heir.end()
    assert not alive(home)


def test_a_server_that_does_not_listen_to_reason_is_killed(home: Path) -> None:
    user = User(home, IMPATIENT)
    ask(user.url(), "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(postmaster(home), signal.SIGSTOP)
    user.end()
    assert not alive(home)
    heir = User(home)
    assert ask(heir.url(), "SELECT answer FROM kept") == [42]
    heir.end()


def test_a_process_number_that_belongs_to_somebody_else_now_does_not_stop_the_start(home: Path) -> None:
    user = User(home)
    user.url()
    pid_file = home / "postgres" / "data" / "postmaster.pid"
    stale = pid_file.read_text().splitlines()
    user.end()
    stranger = User(home / "elsewhere")
    stranger.url()
    pid_file.write_text("\n".join([str(stranger.process.pid), *stale[1:]]) + "\n")

    user = User(home)
    assert ask(user.url(), "SELECT 1") == [1]
    user.end()
    assert stranger.process.poll() is None
    stranger.end()


def test_a_half_made_cluster_is_made_anew(home: Path) -> None:
    unfinished = home / "postgres" / "data.new"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    user = User(home)
    assert ask(user.url(), "SELECT 1") == [1]
    user.end()


@pytest.mark.parametrize("name", ["d" * 120, 'Tài liệu, "của" $HOME `tôi`'], ids=["long", "odd"])
def test_any_folder_will_do(home: Path, name: str) -> None:
    user = User(home / name)
    url = user.url()
    assert ask(url, "SELECT 1") == [1]
    with engine(url).connect() as session:
        sockets = Path(str(session.execute(text("SHOW unix_socket_directories")).scalar_one()))
    assert sockets.stat().st_mode & 0o077 == 0
    user.end()
    assert not alive(home / name)
    assert not list(sockets.glob(".s.PGSQL*"))
    assert sockets == home / name / "postgres" or not sockets.exists()


def test_the_environment_stays_as_it_is_and_a_clients_settings_stay_out(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "9999")
    monkeypatch.setenv("PGOPTIONS", "-c fsync=off")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nowhere")
    unchanged = USER.replace("print(", "import os; before = dict(os.environ)\nprint(", 1)
    user = User(home, f"{unchanged}assert dict(os.environ) == before\n")
    url = user.url()
    assert (ask(url, "SHOW port"), ask(url, "SHOW fsync")) == (["5432"], ["on"])
    user.end()


def test_a_forked_child_leaves_the_server_to_its_parent(home: Path) -> None:
    program = USER.replace("sys.stdin.read()", "import os\nif os.fork() == 0: sys.exit()\nos.wait()\nsys.stdin.read()")
    user = User(home, program)
    url = user.url()
    assert ask(url, "SELECT pg_sleep(0.5)::text") == [""]
    assert ask(url, "SELECT 1") == [1]
    user.end()
    assert not alive(home)


def test_the_servers_log_holds_no_values(home: Path) -> None:
    user = User(home)
    url = user.url()
    ask(url, "CREATE TABLE person (number text PRIMARY KEY); INSERT INTO person VALUES ('083099001234')")
    with pytest.raises(DBAPIError, match="083099001234"):
        ask(url, "INSERT INTO person VALUES ('083099001234')")
    user.end()
    log = (home / "postgres" / "log").read_text()
    assert "duplicate key" in log
    assert "083099001234" not in log


def test_a_server_that_cannot_start_says_why(home: Path) -> None:
    user = User(home)
    user.url()
    user.end()
    (home / "postgres" / "data" / "PG_VERSION").write_text("13\n")
    with pytest.raises(TransientError) as caught:
        embedded(home)
    assert caught.value.key == "database_unavailable"
    assert "incompatible" in str(caught.value.details["reason"])


def test_a_home_that_is_a_file_is_named(home: Path) -> None:
    (home / "file").touch()
    with pytest.raises(TransientError) as caught:
        embedded(home / "file")
    assert str(home / "file") in str(caught.value.details["host"])


def test_a_server_that_cannot_even_be_looked_for_is_a_database_away(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(folder: Path) -> Cluster:
        raise subprocess.CalledProcessError(1, "/bin/sh")

    monkeypatch.setattr("events.server.embedding.Cluster", failing)
    with pytest.raises(TransientError, match="database_unavailable"):
        embedded(home)
