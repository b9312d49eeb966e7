"""The log holds what happened, one JSON object a line, and nothing that could be personal."""

import json
from pathlib import Path

import pytest

from flows.logging import ALLOWED, frames, log_file, logger
from flows.settings import Settings


def test_only_keys_on_the_list_are_written_and_the_loss_is_told(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, log_level="warning")
    logger(settings).warning("checked", submission="s-1", name="Nguyễn Văn A", cell_value="083201001234")
    logger(settings).info("too quiet to be written")
    (line,) = log_file(settings).read_text(encoding="utf-8").splitlines()
    entry = json.loads(line)
    assert (entry["event"], entry["level"], entry["submission"]) == ("checked", "warning", "s-1")
    assert entry["dropped"] == ["cell_value", "name"]
    assert "Nguyễn" not in line and "083201001234" not in line


def test_who_asks_for_more_sees_it_on_stderr_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(home=tmp_path, log_level="info")
    logger(settings).info("decided", valid=True)
    assert capsys.readouterr().err == log_file(settings).read_text(encoding="utf-8")


def test_no_key_on_the_list_is_meant_for_a_person() -> None:
    assert not ALLOWED & {"name", "identity", "birth_date", "value", "cell", "message", "exc_info", "exception", "path"}


def test_the_way_of_a_failure_is_told_without_its_words() -> None:
    try:
        try:
            int("Nguyễn Văn A")
        except ValueError as first:
            raise KeyError("083201001234") from first
    except KeyError as failure:
        told = frames(failure)
    assert told[0] == "KeyError" and "ValueError" in told
    assert not any("Nguyễn" in line or "083201001234" in line for line in told)
