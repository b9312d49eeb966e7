"""An auditor with an account of that role and the log's public key, and no file of ours, proves what is public."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from flows import checkpoints
from tests.accounts import account, written
from tests.flows.conftest import new_home
from tests.flows.nguon import Nguon
from tests.flows.office import Office
from tests.rows import AN, vote


@dataclass(frozen=True)
class Auditor:
    """Whose home does not exist yet, and whose key is the public one."""

    nguon: Nguon
    url: str
    key: str
    submission: str

    def __call__(self, *words: object) -> dict[str, Any]:
        done = self.nguon(*words, "--key", self.key, "--json", NGUON_DATABASE_URL=self.url)
        assert done.returncode == 0, done.stdout + done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found


@pytest.fixture(scope="module")
def auditor(module_database: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Auditor]:
    with ExitStack() as accounts:
        writer, reads = (
            written(accounts.enter_context(account(module_database, f"in role nguon_{role}")))
            for role in ("writer", "auditor")
        )
        office = Office.open(writer, tmp_path_factory.mktemp("office"))
        sent = office.send({"nominees": [AN], "steps": [vote(AN, date(2025, 2, 1))]})
        assert sent.valid
        checkpoints.sign(office.context)
        key = str(checkpoints.keys_of(office.context).log)
        nguon = new_home()
        yield Auditor(nguon, reads, key, sent.submission)


def test_verifies_with_the_public_key_and_is_told_what_that_leaves_out(auditor: Auditor) -> None:
    found = auditor("verify")
    assert found["verified"] and found["events"] == found["signed"] > 0
    assert {"vault", "matching"} <= set(found["unchecked"])
    assert list(auditor.nguon.home.rglob("*.key")) == []


def test_another_logs_key_verifies_nothing(auditor: Auditor) -> None:
    name, _, rest = auditor.key.partition("+")
    strange = f"{name}.elsewhere+{rest}"
    done = auditor.nguon("verify", "--key", strange, "--json", NGUON_DATABASE_URL=auditor.url)
    assert done.returncode == 1 and done.stderr.count("\n") == 1


def test_proves_exports_and_takes_a_receipt(auditor: Auditor, tmp_path: Path) -> None:
    proven = auditor("log", "prove", 1)
    assert proven["checkpoint"] and len(bytes.fromhex(proven["leaf_hash"])) == 32
    size = auditor("verify")["signed"]
    assert auditor("log", "consistency", 1, size)["old"] == 1
    assert auditor("log", "export", tmp_path / "log")["size"] == size
    assert (tmp_path / "log" / "checkpoint").exists()
    made = auditor("receipt", auditor.submission, "--output", tmp_path / "receipt")
    assert not made["complete"], "who does not sign cannot state that it is complete"
    checked = auditor("verify", made["path"], "--partial")
    assert (checked["submission"], checked["verdict"]) == (auditor.submission, "valid")
    assert auditor("verify")["signed"] == size, "nothing was signed by it"
