"""`nguon quality` says what holds, and its exit code whether a report may be compiled."""

import json

from sqlalchemy import create_engine, text

from events.server import embedded
from tests.flows.nguon import Nguon


def test_quality_shows_every_expectation_and_answers_no_when_one_fails(nguon: Nguon) -> None:
    good = nguon("quality", "2025Q1")
    assert good.returncode == 0, good.stderr
    assert "step.order" in good.stdout
    with create_engine(embedded(nguon.home)).begin() as connection:
        connection.execute(text("update warehouse.unit_change set kind = 'canton' where code = 'T-2-1-2'"))
    bad = nguon("quality", "2025Q1", "--json")
    assert bad.returncode == 1
    told = json.loads(bad.stdout)
    assert not told["passed"]
    unmet = {found["expectation"]: found["rows"] for found in told["results"] if not found["met"]}
    assert unmet["unit_change.kind"] == 1
    assert nguon("rebuild").returncode == 1
    assert nguon("quality", "2025Q1").returncode == 0
