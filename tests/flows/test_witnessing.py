"""Two homes: one serves a witness as a process of its own, the other signs and asks it; on the person's road."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from subprocess import Popen
from typing import ClassVar

import httpx
import pytest
from sqlalchemy import Engine

from events.errors import RefusedError, UsageError
from events.proof import merkle_tree, signing
from events.proof.checkpoint import Checkpoint, cosigned
from events.proof.note import Note
from events.proof.signers import SigningKey, VerifierKey
from events.proof.witness import MAX_BODY, SIZE_TYPE, encode_request, origin_hash
from events.proof.witness_state import create_key
from events.server import embedded
from flows import silence, witnesses, witnessing
from flows.context import Context
from flows.settings import Settings
from tests.events.logs import fill
from tests.flows.conftest import new_home
from tests.flows.nguon import ROOT, Nguon

KEY = SigningKey.generate("log.example/here")


@contextmanager
def served(nguon: Nguon, folder: Path, *logs: object, port: int = 0) -> Iterator[tuple[str, Popen[str]]]:
    """A witness as a process of its own: its address, once it listens."""
    process = nguon.start(
        "witness",
        "serve",
        "--folder",
        folder,
        "--port",
        port,
        *(each for log in logs for each in ("--log", log)),
        PYTHONUNBUFFERED="1",
        NGUON_LANG="en",
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("Witness at http://"), line + (process.stderr.read() if process.stderr else "")
        yield line.split()[2].rstrip(","), process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def other(tmp_path: Path) -> Nguon:
    return Nguon(tmp_path / "other")


@pytest.fixture
def witness(tmp_path: Path) -> VerifierKey:
    return create_key(tmp_path / "witness", "witness.example/other")


@pytest.fixture
def context(tmp_path: Path, fresh_database: Engine) -> Context:
    url = fresh_database.url.render_as_string(hide_password=False)
    (tmp_path / "home").mkdir()
    return Context(Settings(home=tmp_path / "home", database_url=url), "command.test")


def sign(context: Context) -> Note:
    with context.engine.begin() as connection:
        return signing.sign_head(connection, KEY)


def stored(context: Context) -> Note:
    with context.engine.connect() as connection:
        last = signing.latest(connection)
    assert last is not None
    return Note.parse(last.note.encode())


def set_back(context: Context, size: int) -> None:
    """What an administrator can do: as the owner, take away what came last, and what was signed of it."""
    tables = ("events.event", "events.signed_checkpoint", "events.tile", "events.head")
    with context.engine.begin() as connection:
        for table in tables:
            connection.exec_driver_sql(f"alter table {table} disable trigger user")
        connection.exec_driver_sql("delete from events.event where position > %(size)s", {"size": size})
        connection.exec_driver_sql("delete from events.signed_checkpoint where size > %(size)s", {"size": size})
        connection.exec_driver_sql("delete from events.tile")
        connection.exec_driver_sql(
            "update events.head set position = %(size)s,"
            " recorded_at = (select recorded_at from events.event where position = %(size)s)",
            {"size": size},
        )
        for table in tables:
            connection.exec_driver_sql(f"alter table {table} enable trigger user")


def outcomes(asked: list[witnessing.Asked]) -> list[str]:
    return [each.outcome for each in asked]


def test_a_checkpoint_is_cosigned_kept_and_counted(
    context: Context, other: Nguon, witness: VerifierKey, tmp_path: Path
) -> None:
    with served(other, tmp_path / "witness", KEY.verifier) as (url, process):
        witnesses.add(context.settings, str(witness), url, 1)
        fill(context.engine, 5)
        first = witnessing.cosign(context, sign(context))
        assert cosigned(first, KEY.verifier, [witness], 1).size == 5
        assert stored(context) == first
        fill(context.engine, 300)
        second = witnessing.cosign(context, sign(context))
        assert cosigned(second, KEY.verifier, [witness], 1).size == 305
        shown = httpx.get(f"{url}/{origin_hash(KEY.name)}/checkpoint")
        assert Note.parse(shown.content) == stored(context)
        assert [note for _, note in witnessing.seen(context, KEY.name)] == [second]
        # What this log does not know of the witness, the witness tells: 409, and the road from there.
        fill(context.engine, 1)
        unknown = sign(context)
        with context.engine.connect() as connection:
            body = encode_request(305, merkle_tree.consistency(connection, 305, 306), unknown)
        assert httpx.post(f"{url}/add-checkpoint", content=body).status_code == 200
        fill(context.engine, 1)
        assert outcomes(witnessing.ask(context, sign(context))) == ["cosigned"]
        # Asked again, nobody signs a second time: a checkpoint that nothing follows does not gather lines.
        cosigned_once = stored(context)
        assert witnessing.cosign(context, cosigned_once) == cosigned_once == stored(context)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_log_that_was_set_back_and_appended_to_is_found_out_before_it_is_signed_and_after(
    context: Context, other: Nguon, witness: VerifierKey, tmp_path: Path
) -> None:
    with served(other, tmp_path / "witness", KEY.verifier) as (url, _):
        witnesses.add(context.settings, str(witness), url)
        fill(context.engine, 9)
        witnessing.cosign(context, sign(context))
        set_back(context, 5)
        sign(context)
        for more in (2, 2, 20):  # behind what was seen, as long as it, and beyond it
            with pytest.raises(RefusedError) as raised:
                witnessing.require_unforked(context, KEY.name)
            assert raised.value.key == "checkpoint_forked"
            fill(context.engine, more)
            with pytest.raises(RefusedError) as raised:
                witnessing.cosign(context, sign(context))
            assert raised.value.key == "checkpoint_forked"
            assert len(stored(context).signatures) == 1
        shown = httpx.get(f"{url}/{origin_hash(KEY.name)}/checkpoint")
        assert Checkpoint.parse(Note.parse(shown.content).text).size == 9


def test_a_witness_that_was_killed_comes_back_with_what_it_saw(
    context: Context, other: Nguon, witness: VerifierKey, tmp_path: Path
) -> None:
    fill(context.engine, 5)
    with served(other, tmp_path / "witness", KEY.verifier) as (url, process):
        witnesses.add(context.settings, str(witness), url)
        witnessing.cosign(context, sign(context))
        process.kill()
        process.wait()
        fill(context.engine, 1)
        assert outcomes(witnessing.ask(context, sign(context))) == ["silent"]
    port = int(url.rpartition(":")[2])
    with served(other, tmp_path / "witness", KEY.verifier, port=port) as (again, _):
        assert again == url
        body = encode_request(0, [], sign(context))
        answer = httpx.post(f"{url}/add-checkpoint", content=body)
        assert (answer.status_code, answer.headers["content-type"], answer.text) == (409, SIZE_TYPE, "5\n")
        assert outcomes(witnessing.ask(context, sign(context))) == ["cosigned"]


def test_bad_requests_over_http_get_an_answer_and_never_a_trace(
    other: Nguon, witness: VerifierKey, tmp_path: Path
) -> None:
    with served(other, tmp_path / "witness", KEY.verifier) as (url, process):
        with httpx.Client(base_url=url) as client:
            assert client.post("/add-checkpoint", content=b"\xff\x00").status_code == 400
            assert client.post("/add-checkpoint", content=b"x" * (MAX_BODY + 1)).status_code == 413
            assert client.get("/add-checkpoint").status_code == 405
            for path in ("/", "/x/checkpoint", "/..%2f..%2fwitness.key/checkpoint", f"/{'0' * 64}/checkpoint"):
                assert client.get(path).status_code == 404
            (tmp_path / "witness" / "logs").rmdir()
            assert client.get(f"/{origin_hash(KEY.name)}/checkpoint").status_code == 500
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (0, "")
        assert "PRIVATE" not in out


class _Liar(BaseHTTPRequestHandler):
    """Answers each request with what the test has laid down for its method."""

    answers: ClassVar[dict[str, tuple[int, str, bytes]]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._answer("POST")

    def do_GET(self) -> None:
        self._answer("GET")

    def _answer(self, method: str) -> None:
        status, kind, body = self.answers[method]
        self.send_response(status)
        self.send_header("content-type", kind)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def liar(post: tuple[int, str, bytes], get: tuple[int, str, bytes] = (404, "text/plain", b"")) -> Iterator[str]:
    class Handler(_Liar):
        answers: ClassVar = {"POST": post, "GET": get}

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    "answer",
    [
        (200, "text/plain", b""),
        (200, "text/plain", b"\xff\n"),
        (200, "text/plain", "— witness.example/other AAAA\n".encode()),
        (200, "text/plain", b"x" * (1 << 17)),
        (302, "text/plain", b""),
        (404, "text/plain", b""),
        (409, "text/plain", b"3\n"),
        (409, SIZE_TYPE, b"many\n"),
        (409, SIZE_TYPE, b"3\n"),
        (500, "text/plain", b"oh"),
    ],
)
def test_a_witness_that_answers_nonsense_stops_nothing(
    context: Context, witness: VerifierKey, answer: tuple[int, str, bytes]
) -> None:
    fill(context.engine, 5)
    note = sign(context)
    with liar(answer) as url:
        witnesses.add(context.settings, str(witness), url)
        assert witnessing.cosign(context, note) == note
        assert outcomes(witnessing.ask(context, note)) == ["refused"]


def test_a_cosignature_of_another_key_is_none(context: Context, witness: VerifierKey, tmp_path: Path) -> None:
    from events.proof.note import Signature
    from events.proof.signers import WitnessKey

    fill(context.engine, 5)
    note = sign(context)
    wrong = WitnessKey.generate(witness.name)
    line = Signature(witness.name, witness.key_id, wrong.cosign(note.text, 1))
    with liar((200, "text/plain", f"{line}\n".encode())) as url:
        witnesses.add(context.settings, str(witness), url)
        assert [(each.outcome, each.reason) for each in witnessing.ask(context, note)] == [("refused", "note_forged")]
    assert stored(context) == note


@pytest.mark.parametrize("post", [(409, SIZE_TYPE, b"6\n"), (422, "text/plain", b"")])
def test_a_witness_that_says_it_saw_another_history_must_be_asked_even_without_proof(
    context: Context, witness: VerifierKey, post: tuple[int, str, bytes]
) -> None:
    fill(context.engine, 5)
    note = sign(context)
    with liar(post) as url:
        witnesses.add(context.settings, str(witness), url)
        with pytest.raises(RefusedError) as raised:
            witnessing.cosign(context, note)
    assert raised.value.key == "checkpoint_contradicted"


def test_a_silent_witness_takes_bounded_time_and_the_others_answer(
    context: Context, other: Nguon, witness: VerifierKey, tmp_path: Path
) -> None:
    silent = create_key(tmp_path / "silent", "witness.example/silent")
    fill(context.engine, 5)
    with (
        socket.create_server(("127.0.0.1", 0)) as mute,
        served(other, tmp_path / "witness", KEY.verifier) as (url, _),
    ):
        witnesses.add(context.settings, str(silent), f"http://127.0.0.1:{mute.getsockname()[1]}")
        witnesses.add(context.settings, str(witness), url)
        asked = witnessing.ask(context, sign(context))
    assert outcomes(asked) == ["silent", "cosigned"]


def test_however_many_are_silent_work_waits_for_them_once(
    context: Context, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What accepts and never answers is asked again after some minutes, or by whoever says so."""
    monkeypatch.setattr(witnessing, "SECONDS", 2)
    fill(context.engine, 5)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        for number in range(4):
            key = create_key(tmp_path / f"silent-{number}", f"witness.example/{number}")
            witnesses.add(context.settings, str(key), f"http://127.0.0.1:{mute.getsockname()[1]}")

        def signed() -> None:
            fill(context.engine, 1)
            witnessing.seen(context, KEY.name)
            witnessing.cosign(context, sign(context))

        began = time.monotonic()
        signed()
        assert 2 <= time.monotonic() - began < 8, "all at once, and once"
        assert knocks(mute) == 4
        signed()
        assert knocks(mute) == 0
        assert outcomes(witnessing.ask(context, stored(context))) == ["silent"] * 4
        assert knocks(mute) == 4
        monkeypatch.setattr(silence, "PAUSE", 0)
        signed()
        assert knocks(mute) == 8


def test_who_was_silent_and_is_asked_and_answers_is_asked_by_everybody_again(
    context: Context, other: Nguon, witness: VerifierKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witnessing, "SECONDS", 2)
    fill(context.engine, 5)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        witnesses.add(context.settings, str(witness), f"http://127.0.0.1:{port}")
        assert witnessing.seen(context, KEY.name) == []
    monkeypatch.undo()
    with served(other, tmp_path / "witness", KEY.verifier, port=port):
        note = sign(context)
        assert witnessing.cosign(context, note) == note, "left alone for now"
        assert outcomes(witnessing.ask(context, note)) == ["cosigned"]
        fill(context.engine, 1)
        assert witnessing.cosign(context, sign(context)) == stored(context)
        assert [shown for _, shown in witnessing.seen(context, KEY.name)] == [stored(context)]


def knocks(listening: socket.socket) -> int:
    """How many connections came and were not looked at so far."""
    listening.setblocking(False)
    for count in itertools.count():
        try:
            listening.accept()[0].close()
        except BlockingIOError:
            return count
    raise AssertionError


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ("nonsense", "witness_line"),
        ("{witness}", "witness_line"),
        ("{log} http://w.example", "witness_line"),
        ("{witness} ftp://w.example", "witness_line"),
        ("{witness} http://w.example:x/", "witness_line"),
        ("{witness} http://w.example/?a", "witness_line"),
        ("quorum 2\n{witness} http://w.example", "witness_quorum"),
    ],
)
def test_a_wrong_list_of_witnesses_is_named(context: Context, witness: VerifierKey, lines: str, key: str) -> None:
    with pytest.raises(UsageError) as raised:
        witnesses.parse(lines.format(witness=witness, log=KEY.verifier), "witnesses")
    assert raised.value.key == key


def test_two_homes_on_the_persons_road(tmp_path: Path) -> None:
    here, there = new_home(), Nguon(tmp_path / "there")
    embedded(here.home)
    log = json.loads(here("init", "--json").stdout)["public_key"]
    folder = there.home / "witness"
    key = there("witness", "key", "--folder", folder, "--name", "there.example/witness").stdout.strip()
    assert json.loads(there("witness", "key", "--folder", folder, "--json").stdout)["public_key"] == key
    with served(there, folder, log) as (url, _):
        assert here("witness", "add", key, url, "--quorum", 1).returncode == 0
        listed = json.loads(here("witness", "list", "--json").stdout)
        assert listed == {"witnesses": [{"key": key, "url": url}], "quorum": 1}
        assert here("log", "checkpoint").returncode == 0
        asked = json.loads(here("witness", "ask", "--json").stdout)
        assert (asked["cosigned"], asked["witnesses"][0]["outcome"]) == (1, "cosigned")
        assert here("log", "export", tmp_path / "export").returncode == 0
    note = Note.parse((tmp_path / "export" / "checkpoint").read_bytes())
    assert cosigned(note, VerifierKey.parse(log), [VerifierKey.parse(key)], 1)
    kept = here("witness", "ask", "--json")
    assert (kept.returncode, json.loads(kept.stdout)["cosigned"]) == (0, 1)
    for words in (
        ("witness", "serve", "--folder", tmp_path, "--log", log),
        ("witness", "serve", "--folder", folder, "--log", "nonsense"),
        ("witness", "serve", "--folder", folder, "--log", key),
        ("witness", "serve", "--folder", folder, "--log", log, "--port", "99999"),
        ("witness", "add", log, "http://w.example"),
        ("witness", "add", key, "w.example"),
        ("witness", "add", key, url, "--quorum", "5"),
    ):
        failed = there(*words)
        assert failed.returncode in (1, 2, 3), words
        assert "Traceback" not in failed.stderr and failed.stderr.strip(), words


def test_a_witness_stands_without_database_and_scheduler() -> None:

    heavy = "{'prefect', 'sqlalchemy', 'psycopg2', 'polars'} & set(sys.modules)"
    told = f"import sys, flows.witness_server, flows.commands.witness; print(sorted({heavy}))"
    done = subprocess.run(
        [sys.executable, "-c", told],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "[]", done.stderr
