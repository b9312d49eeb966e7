"""`nguon quality` says what holds, `nguon projections` what lags; exit codes say whether a report may be compiled."""

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


def test_projections_says_in_a_line_that_nothing_lags(nguon: Nguon) -> None:
    assert nguon("status", "2025Q1").returncode == 0
    found = nguon("projections", NGUON_LANG="en")
    assert found.returncode == 0, found.stderr
    assert "Nothing lags" in found.stdout
    told = json.loads(nguon("projections", "--json").stdout)
    assert (told["behind"], told["waiting_since"]) == (0, None)
    assert {"table": "unit_change", "position": told["head"], "behind": 0, "rows": 10} in told["tables"]
    (nguon.home / "more.csv").write_text(
        "code,name,kind,level,parent,on\nT-1-1-9,Chi đoàn ấp 9,branch,4,T-1-1,2025-01-01\n", encoding="utf-8"
    )
    assert nguon("units", "load", nguon.home / "more.csv").returncode == 0
    late = json.loads(nguon("projections", "--json").stdout)
    assert late["behind"] in (0, 1)  # loading units may have caught up already
    assert late["head"] == told["head"] + 1
