"""The command line's road: somebody is erased, sent again, refused, readmitted, and sent again."""

import json
import subprocess
import sys
from pathlib import Path
from shutil import copyfile
from typing import Any

import openpyxl

from tests.flows.nguon import Nguon, filled
from tests.rows import AN


def told(nguon: Nguon, code: int, *words: object) -> Any:
    done = nguon(*words, "--json")
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def id_of(nguon: Nguon, identity: object) -> dict[str, Any]:
    """What is answered to who asks for a person by the number, which is typed in."""
    words = [sys.executable, "-P", "-m", "flows.cli", "subject", "--json"]
    done = subprocess.run(words, input=f"{identity}\n", capture_output=True, text=True, env=nguon.environment())
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_who_was_erased_is_refused_without_a_trace_until_they_are_readmitted(nguon: Nguon, tmp_path: Path) -> None:
    path = tmp_path / "T-1-1-1.xlsx"
    assert nguon("template", "T-1-1-1", "2025Q1", "--output", path).returncode == 0
    filled(path, 10)
    book = openpyxl.load_workbook(path)
    for column, value in enumerate(AN.values(), start=1):
        book["Đoàn viên ưu tú"].cell(4, column, value)
    book.save(path)
    sent = told(nguon, 0, "submit", path, "--received", "2025-03-15")["submissions"][0]["submission"]
    who = id_of(nguon, AN["identity"])["subject"]
    copy = nguon.home / "inbox" / "2025-03-15" / "Nguyễn Văn An.xlsx"
    copy.parent.mkdir(parents=True)
    copyfile(path, copy)
    shown = nguon("trace", who).stdout
    assert "01/05/2004" in shown and "được ghi lại" in shown
    assert told(nguon, 0, "erase", who, "--reason", "consent_withdrawn")["removed"] == [str(copy)]

    shown = nguon("trace", who).stdout
    assert "Xóa dữ liệu" in shown and "được ghi lại" not in shown

    copyfile(path, copy)
    refused = told(nguon, 1, "submit", nguon.home / "inbox")
    (answer,) = refused["submissions"]
    assert [(one["code"], one["cell"]) for one in answer["findings"]] == [("nominee.erased", "A4")]
    assert refused["removed"] == [str(copy)] and not copy.exists()
    assert answer["submission"] != sent and not answer["repeated"]
    traced = told(nguon, 0, "trace", answer["submission"])
    assert (traced["file"], [one["code"] for one in traced["findings"]]) == (None, ["nominee.erased"])
    assert nguon("verify").returncode == 0
    proof = tmp_path / "receipt"
    assert nguon("receipt", answer["submission"], "--output", proof).returncode == 0
    copyfile(path, copy)
    printed = nguon("submit", copy)
    assert printed.returncode == 1 and str(copy) in printed.stdout.splitlines()

    assert nguon("readmit", who, "--reason", "consent_given").returncode == 0
    again = told(nguon, 0, "submit", path, "--received", "2025-03-15")
    assert again["valid"] == 1 and again["removed"] == [] and not again["submissions"][0]["repeated"]
    assert id_of(nguon, AN["identity"])["subject"] != who
    assert nguon("verify").returncode == 0
