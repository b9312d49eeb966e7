"""Time stamps of checkpoints, by a local authority made with `openssl ts` behind a small HTTP server."""

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from tests.flows.nguon import Nguon

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is missing")

CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[stamps]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
authorityKeyIdentifier = keyid
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
"""


class Authority:
    """A root, and a certificate that may stamp."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self.root = folder, folder / "root.pem"
        (folder / "serial").write_text("01\n")
        (folder / "cnf").write_text(CONFIGURATION.format(folder=folder, name=folder.name))
        self._openssl("req", "-x509", *self._new("root"), "-out", "root.pem", "-extensions", "root", "-days", "2")
        self._openssl("req", *self._new("tsa"), "-out", "tsa.csr")
        issued = (
            "-CA",
            "root.pem",
            "-CAkey",
            "root.key",
            "-CAcreateserial",
            "-extfile",
            "cnf",
            "-extensions",
            "stamps",
        )
        self._openssl("x509", "-req", "-in", "tsa.csr", *issued, "-out", "tsa.pem", "-days", "2")

    def reply(self, query: bytes) -> bytes:
        """The answer to a query."""
        (self.folder / "query").write_bytes(query)
        self._openssl("ts", "-reply", "-config", "cnf", "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()

    @staticmethod
    def _new(name: str) -> tuple[str, ...]:
        return ("-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-config", "cnf")

    def _openssl(self, *words: str) -> None:
        done = subprocess.run(["openssl", *words], cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


@contextmanager
def serving(answers: list[bytes | Authority]) -> Iterator[str]:
    """Answers one request after the other; the last answer stays."""

    class Handler(BaseHTTPRequestHandler):
        left: ClassVar = answers

        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["content-length"]))
            assert self.headers["content-type"] == "application/timestamp-query"
            answer = self.left.pop(0) if len(self.left) > 1 else self.left[0]
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer if isinstance(answer, bytes) else answer.reply(query))

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authorities") / "one")


def refused(nguon: Nguon, *words: object, **variables: str) -> str:
    done = nguon(*words, "--json", **variables)
    assert done.returncode in (1, 2, 3) and "Traceback" not in done.stderr
    return str(json.loads(done.stderr)["error"])


def test_a_checkpoint_is_stamped_and_the_stamp_is_checked(nguon: Nguon, authority: Authority, tmp_path: Path) -> None:
    assert refused(nguon, "log", "stamp") in ("checkpoint_none", "stamp_authority_unset")
    assert nguon("log", "checkpoint").returncode == 0
    assert refused(nguon, "log", "stamp") == "stamp_authority_unset"
    assert refused(nguon, "log", "stamp", NGUON_TIMESTAMP_URL="http://127.0.0.1:9/") == "stamp_unanswered"
    with serving([b"no stamp", authority.reply(other_query(tmp_path)), authority, b"not asked again"]) as url:
        for _ in range(2):  # no stamp at all, and one of something else
            assert refused(nguon, "log", "stamp", NGUON_TIMESTAMP_URL=url) == "stamp_refused"
        made = nguon("log", "stamp", "--json", NGUON_TIMESTAMP_URL=url)
        assert made.returncode == 0, made.stderr
        stamp = json.loads(made.stdout)
        again = json.loads(nguon("log", "stamp", "--json", NGUON_TIMESTAMP_URL=url).stdout)
        assert again == stamp
    path = Path(stamp["path"])
    assert path.parent == nguon.home / "checkpoints"
    good = nguon("verify", "--stamps", authority.root, "--json")
    assert good.returncode == 0, good.stdout
    (found,) = json.loads(good.stdout)["stamps"]
    assert (found["size"], found["at"]) == (stamp["size"], stamp["at"])

    # As docs/formats says how to do it without us; nobody cosigned here, so the note is as it was stamped.
    note = tmp_path / "checkpoint"
    note.write_text(json.loads(nguon("log", "checkpoint", "--json").stdout)["note"])
    words = ["openssl", "ts", "-verify", "-in", str(path), "-data", str(note), "-CAfile", str(authority.root)]
    assert subprocess.run(words, capture_output=True).returncode == 0

    # Another authority, which nobody trusts here; a stamp cut short; and one moved to another size.
    other = Authority(tmp_path / "other")
    for trusted, content in ((other.root, path.read_bytes()), (authority.root, path.read_bytes()[:-1])):
        kept = path.read_bytes()
        path.write_bytes(content)
        bad = nguon("verify", "--stamps", trusted, "--json")
        assert bad.returncode == 1
        assert [fault["fault"] for fault in json.loads(bad.stdout)["faults"]] == ["stamp_wrong"]
        path.write_bytes(kept)
    moved = path.with_name(f"{stamp['size'] + 1:012}.tsr")
    path.rename(moved)
    lost = json.loads(nguon("verify", "--stamps", authority.root, "--json").stdout)
    assert [fault["fault"] for fault in lost["faults"]] == ["stamp_lost"]
    moved.rename(path)
    assert refused(nguon, "verify", "--stamps", tmp_path / "no.pem") == "file_missing"
    (tmp_path / "bad.pem").write_text("nothing")
    assert refused(nguon, "verify", "--stamps", tmp_path / "bad.pem") == "stamp_authority_malformed"


def other_query(folder: Path) -> bytes:
    """A query for something else."""
    (folder / "other.txt").write_text("something else")
    words = ["openssl", "ts", "-query", "-data", "other.txt", "-sha256", "-cert", "-out", "other.tsq"]
    assert subprocess.run(words, cwd=folder, capture_output=True).returncode == 0
    return (folder / "other.tsq").read_bytes()


def test_where_a_quorum_is_required_a_checkpoint_without_it_is_a_fault(nguon: Nguon) -> None:
    from events.proof.signers import WitnessKey

    assert nguon("log", "checkpoint").returncode == 0
    listed = f"{WitnessKey.generate('w.example/one').verifier} http://127.0.0.1:9; quorum 1"
    bad = nguon("verify", "--json", NGUON_WITNESSES=listed)
    assert bad.returncode == 1
    (fault,) = json.loads(bad.stdout)["faults"]
    assert (fault["fault"], fault["where"]["count"], fault["where"]["required"]) == ("cosignatures_lacking", 0, 1)
