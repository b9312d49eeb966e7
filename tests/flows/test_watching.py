"""What the watchdog stands on: when a flow was due, what is told when, whose server it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from events.errors import RefusedError, TransientError
from flows import progress
from flows.orchestration import life, runs, temporary_server, troubles
from flows.orchestration.served import home_tag, served
from flows.orchestration.temporary_server import TemporaryServer
from flows.orchestration.troubles import Troubles
from flows.settings import Settings

ERROR = TransientError("database_unavailable", host="x", reason="y")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", patience=100)


@pytest.fixture
def after(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets so many seconds pass."""
    passed = SimpleNamespace(seconds=1000.0)
    for module in (troubles, temporary_server):
        monkeypatch.setattr(module.time, "monotonic", lambda: passed.seconds)

    def let_pass(seconds: float) -> None:
        passed.seconds += seconds

    return let_pass


def test_a_trouble_is_told_once_and_once_more_when_it_is_over(
    settings: Settings, after: Callable[[float], None], capsys: pytest.CaptureFixture[str]
) -> None:
    found = Troubles(settings)

    def goes_on() -> bool:
        return found.go_on(("schedule", "inbox"), ERROR, "schedule_late", 90, flow="inbox", at="noon")

    assert not goes_on()
    found.are_over(("schedule", "inbox"), "schedule_runs", flow="inbox")
    assert capsys.readouterr().err == "", "a machine that slept and woke up: nobody has to know"

    assert not goes_on()
    after(91)
    assert goes_on()
    assert not goes_on(), "told and acted upon once"
    assert capsys.readouterr().err.count("\n") == 1
    after(50)
    assert not goes_on()
    found.are_over(("schedule", "inbox"), "schedule_runs", flow="inbox")
    assert "141" in capsys.readouterr().err
    found.are_over(("schedule", "inbox"), "schedule_runs", flow="inbox")
    assert capsys.readouterr().err == ""

    goes_on()
    after(190)
    goes_on()
    after(1)
    with pytest.raises(TransientError):
        goes_on()


def test_a_server_that_died_long_ago_may_die_again(after: Callable[[float], None]) -> None:
    server = TemporaryServer.__new__(TemporaryServer)
    server._starts = [1000.0, 1000.0, 1000.0]
    assert server._is_hopeless()
    after(90 * 86400)
    assert not server._is_hopeless()


def test_the_last_time_of_a_flow_is_that_of_the_zone(settings: Settings) -> None:
    flows = {one.name: one for one in served(settings)}
    before = datetime(2027, 1, 1, 18, 59, 59, tzinfo=UTC)  # 01:59:59 of 2 January in Vietnam
    assert {
        name: f"{one.last_time(ZoneInfo('Asia/Ho_Chi_Minh'), before):%Y-%m-%d %H:%M %z}" for name, one in flows.items()
    } == {
        "quarter": "2027-01-01 02:00 +0700",
        "half": "2027-01-01 03:00 +0700",
        "year": "2027-01-01 04:00 +0700",
        "yearly-list": "2026-02-01 05:00 +0700",
        "reconcile": "2027-01-01 05:30 +0700",
        "inbox": "2027-01-02 01:55 +0700",
    }


def test_a_server_that_runs_the_flows_of_another_home_is_refused(settings: Settings, tmp_path: Path) -> None:
    def client(*tags: str) -> Any:
        return SimpleNamespace(read_deployments=lambda **_: [SimpleNamespace(tags=list(tags))])

    mine, other = home_tag(settings), home_tag(Settings(home=tmp_path / "other"))
    assert mine == home_tag(settings) != other
    runs.require_own(client("nguon", mine), mine)
    runs.require_own(client("nguon"), mine)
    with pytest.raises(RefusedError) as refused:
        runs.require_own(client("nguon", other), mine)
    assert refused.value.key == "prefect_taken"


def test_a_run_shows_signs_of_life_and_leaves_none(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    began = datetime(2020, 1, 1, tzinfo=UTC)
    assert life.last_sign(settings, "a-run", began) == began
    monkeypatch.setenv("PREFECT__FLOW_RUN_ID", "a-run")
    monkeypatch.setattr(progress, "_bystanders", [])
    life.show_signs(settings)
    shown = life.last_sign(settings, "a-run", began)
    assert shown > began
    progress.tell("step", 1)
    assert life.last_sign(settings, "a-run", began) >= shown
    life.end_signs(settings)
    assert life.last_sign(settings, "a-run", began) == began
