"""The reader is a process of its own: what a file does to it is a finding of that file, and the next one is read."""

import os
import signal
import subprocess
from collections.abc import Iterator
from io import BytesIO
from threading import Thread
from unittest import mock
from zipfile import ZipFile

import pytest

from events.errors import TransientError
from flows import reading
from flows.reading import Reader
from tests.schemas.test_cells import written


@pytest.fixture
def reader() -> Iterator[Reader]:
    made = Reader()
    yield made
    made.close()


GOOD = written()


def endless(content: bytes) -> bytes:
    """With so many rows, none of which says its number, that a grid of them needs more memory than there may be."""
    changed = BytesIO()
    with ZipFile(BytesIO(content)) as archive, ZipFile(changed, "w", compression=8) as target:
        for name in archive.namelist():
            part = archive.read(name)
            if name.startswith("xl/worksheets/"):
                last = b"<row>" + b"<c/>" * 25 + b"<c><v>1</v></c></row></sheetData>"
                part = part.replace(b"</sheetData>", b"<row/>" * 4_000_000 + last)
            target.writestr(name, part)
    return changed.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty"),
        (b"\xff\xd8\xff\xe0 not a workbook", "file.not_workbook"),
        (b"PK\x03\x04 cut short", "file.not_workbook"),
        (GOOD[:2000], "file.not_workbook"),
        (endless(GOOD), "file.exhausting"),
    ],
)
def test_what_cannot_be_read_is_a_finding_and_the_next_file_is_read(reader: Reader, content: bytes, code: str) -> None:
    for _ in range(2):
        assert reader.read(content, "form").code == code
        assert reader.read(GOOD, "form").read


def test_a_reader_that_hangs_or_dies_is_replaced_and_no_file_is_blamed(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reader.read(GOOD, "cover").read
    assert reader._child
    reader._child.kill()
    reader._child.wait()
    assert reader.read(GOOD, "cover").read
    os.kill(reader._child.pid, signal.SIGSTOP)
    monkeypatch.setattr(reading, "PATIENCE", 10)
    assert reader.read(GOOD, "cover").read


def test_without_a_reader_no_file_is_blamed(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading.sys, "executable", "/bin/false")
    with pytest.raises(TransientError) as caught:
        reader.read(GOOD, "form")
    assert caught.value.key == "reader_unavailable"
    monkeypatch.undo()
    assert reader.read(GOOD, "form").read


def test_no_file_is_given_the_answer_to_another(reader: Reader) -> None:
    """Something interrupts the exchange after the question was asked."""

    def interrupted(child: subprocess.Popen[bytes], content: bytes, scope: str) -> None:
        assert child.stdin
        child.stdin.write(scope[:1].encode() + len(content).to_bytes(8, "big") + content)
        child.stdin.flush()
        raise KeyboardInterrupt

    with mock.patch.object(reading, "_exchange", interrupted), pytest.raises(KeyboardInterrupt):
        reader.read(b"not a workbook", "form")
    assert reader.read(GOOD, "form").read


def test_threads_take_turns(reader: Reader) -> None:
    answers: list[bool] = []
    threads = [Thread(target=lambda: answers.append(reader.read(GOOD, "form").read is not None)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 8
