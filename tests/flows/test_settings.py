"""Settings come from the environment, have safe defaults, and a wrong one is named in one line."""

from pathlib import Path

import pytest

from events.errors import UsageError
from flows.settings import settings
from schemas.messages.translation import text


def test_without_variables_everything_has_a_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    found = settings()
    assert found.home == tmp_path / ".nguon"
    assert found.model_dump(exclude={"home"}) == {
        "database_url": None,
        "lang": "vi",
        "log_level": "warning",
        "task_runner": "threads",
        "patience": 600,
        "stuck_minutes": 60,
        "backup_days": 35,
        "keys_passphrase": None,
        "keys_passphrase_file": None,
        "checkpoint_folders": (),
        "checkpoint_mail": (),
        "smtp": None,
        "quality_kept": 40,
        "witnesses": None,
        "timestamp_url": None,
    }


def test_variables_win_and_home_becomes_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "secretary"))
    monkeypatch.setenv("NGUON_HOME", "~/kho dữ liệu")
    monkeypatch.setenv("NGUON_LANG", "EN")
    monkeypatch.setenv("NGUON_DATABASE_URL", "postgresql://host/name")
    found = settings()
    assert found.home == tmp_path / "secretary" / "kho dữ liệu"
    assert found.lang == "en"
    assert found.database_url == "postgresql://host/name"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NGUON_DATABASE_URL", "")
    monkeypatch.setenv("NGUON_LANG", "")
    assert (settings().database_url, settings().lang) == (None, "vi")


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("NGUON_LANG", "fr", "vi, en"),
        ("NGUON_LOG_LEVEL", "loud", "debug, info, warning, error"),
        ("NGUON_TASK_RUNNER", "slurm", "threads, dask"),
        ("NGUON_BACKUP_DAYS", "-1", "35"),
        ("NGUON_BACKUP_DAYS", "many", "35"),
        ("NGUON_HOME", "~no-such-person/data", "/srv/nguon"),
    ],
)
def test_a_wrong_value_is_a_usage_error_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as caught:
        settings()
    assert caught.value.key == "setting_invalid"
    for language in ("vi", "en"):
        line = text(f"error.{caught.value.key}", language, **caught.value.details)
        assert name in line and value in line and allowed in line
        assert "\n" not in line and "pydantic" not in line


def test_another_process_can_be_given_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "NGUON_HOME": "/srv/nguon",
        "NGUON_CHECKPOINT_FOLDERS": "/mnt/a, /mnt/b",
        "NGUON_CHECKPOINT_MAIL": "a@example.vn,b@example.vn",
        "NGUON_SMTP": "smtp://nguon:secret@mail.example.vn",
        "NGUON_KEYS_PASSPHRASE": "mật khẩu",
        "NGUON_BACKUP_DAYS": "7",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    first = settings()
    for name, value in first.environment().items():
        monkeypatch.setenv(name, value)
    assert settings() == first and first.passphrase == "mật khẩu"
    assert "secret" not in repr(first)
