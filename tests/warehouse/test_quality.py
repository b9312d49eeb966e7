"""The quality checkpoint: good data passes, each defect is found, and the evidence gives nobody away."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, text

from events.errors import RefusedError, TransientError
from events.log.recorded import Cause, NewEvent
from events.types.nominations import BranchVoted, FactRetracted, ListHandedOver
from events.types.returns import MembershipCounted
from flows.context import Context
from flows.quality import check_quality, require_quality
from flows.settings import Settings
from schemas.expectations.catalogue import EXPECTATIONS
from schemas.expectations.expectation import Expectation, rows, warning
from schemas.periods import parse
from schemas.policies import gate
from tests.actors import TESTER
from tests.flows.checked_close import checked_close
from tests.warehouse.defects import BRANCH, DEFECTS, FIRST, LATER, PERSON, SUBJECT, good_quarter, issue
from tests.warehouse.province import nominee, record, step
from warehouse.quality.check import QualityResult, check

QUARTER = parse("2025Q1")
BY_CODE = {expectation.code: expectation for expectation in EXPECTATIONS}


def _of(severity: str) -> list[Expectation]:
    return [expectation for expectation in EXPECTATIONS if expectation.severity == severity]


def plant(engine: Engine, code: str) -> None:
    with engine.begin() as connection:
        assert connection.execute(text(DEFECTS[code])).rowcount > 0


def unmet(result: QualityResult) -> set[str]:
    return {found.expectation for found in result.results if not found.met}


def context(engine: Engine, home: Path) -> Context:
    return Context(Settings(home=home, database_url=engine.url.render_as_string(hide_password=False)), TESTER)


def test_good_data_meets_every_expectation(fresh_database: Engine, tmp_path: Path) -> None:
    good_quarter(fresh_database)
    result = check(fresh_database, QUARTER, LATER, tmp_path)
    assert result.passed
    assert unmet(result) == set()
    assert [found.expectation for found in result.results] == list(BY_CODE)
    assert (result.position, result.period) == (LATER, "2025Q1")


def test_every_expectation_has_a_code_of_its_own_and_a_defect_that_shows_it_fail() -> None:
    assert len(BY_CODE) == len(EXPECTATIONS)
    assert set(DEFECTS) == set(BY_CODE)


@pytest.mark.parametrize("expectation", _of("warning"), ids=lambda expectation: expectation.code)
def test_a_planted_defect_is_noticed(expectation: Expectation, fresh_database: Engine, tmp_path: Path) -> None:
    good_quarter(fresh_database)
    plant(fresh_database, expectation.code)
    result = check(fresh_database, QUARTER, LATER, tmp_path, [expectation])
    assert not result.results[0].met
    assert result.results[0].unexpected > 0
    assert result.passed


@pytest.mark.parametrize("expectation", _of("error"), ids=lambda expectation: expectation.code)
def test_a_planted_defect_stops_the_compile(expectation: Expectation, fresh_database: Engine, tmp_path: Path) -> None:
    good_quarter(fresh_database)
    plant(fresh_database, expectation.code)
    before = compiled(fresh_database)
    with pytest.raises(RefusedError, match="quality_failed") as refused:
        checked_close(context(fresh_database, tmp_path), parse("2025H1"))
    assert expectation.code in str(refused.value.details["expectations"]).split(", ")
    assert compiled(fresh_database) == before


def compiled(engine: Engine) -> int:
    """How many reports the log knows."""
    with engine.connect() as connection:
        return int(
            connection.execute(text("select count(*) from events.event where type = 'ReportCompiled'")).scalar_one()
        )


def test_good_data_is_compiled_as_of_the_position_that_was_checked(fresh_database: Engine, tmp_path: Path) -> None:
    good_quarter(fresh_database)
    position = record(fresh_database, [replace(nominee("28756-02", date(2025, 2, 4)), cause=Cause(FIRST))])
    closed = checked_close(context(fresh_database, tmp_path), QUARTER)
    assert (closed.reports, closed.position) == (11, position)
    assert recorded(fresh_database) == [(1, True)]


def test_late_facts_corrections_and_retractions_leave_what_was_issued_as_it_was(
    fresh_database: Engine, tmp_path: Path
) -> None:
    good_quarter(fresh_database)
    late = nominee("28756-02", date(2025, 2, 3))
    voted = BranchVoted(SUBJECT, BRANCH, date(2025, 4, 10), None, 10, 9, 8, 1)
    record(
        fresh_database,
        [
            late,
            step(late, 2, "voted", date(2025, 3, 3)),
            step(late, 3, "voted", date(2025, 3, 4)),
            NewEvent("nomination-a", 3, voted, supersedes=2),
            nominee("28756-02", date(2025, 2, 4)),
        ],
    )
    expectation = [BY_CODE["issued.recounted"]]
    assert check(fresh_database, parse("2025"), LATER, tmp_path, expectation).passed
    with fresh_database.begin() as connection:
        connection.execute(text("delete from step where on_date = '2025-02-10'"))
    assert not check(fresh_database, parse("2025"), LATER, tmp_path, expectation).passed


def test_a_step_that_counts_again_since_a_newer_one_was_retracted_is_explained(
    fresh_database: Engine, tmp_path: Path
) -> None:
    good_quarter(fresh_database)
    again = BranchVoted(SUBJECT, BRANCH, date(2025, 3, 10), None, 10, 9, 8, 1)
    position = record(fresh_database, [NewEvent("nomination-a", 3, again)])
    issue(fresh_database, position, 2)
    later = record(fresh_database, [NewEvent("nomination-a", 4, FactRetracted(), supersedes=3)])
    assert check(fresh_database, QUARTER, later, tmp_path, [BY_CODE["issued.recounted"]]).passed


def test_an_undecided_quarter_shows_in_its_half_year_and_not_in_the_next(
    fresh_database: Engine, tmp_path: Path
) -> None:
    good_quarter(fresh_database)
    plant(fresh_database, "submission.decided")
    expectation = [BY_CODE["submission.decided"]]
    assert unmet(check(fresh_database, parse("2025H1"), LATER, tmp_path, expectation)) == {"submission.decided"}
    assert unmet(check(fresh_database, parse("2025H2"), LATER, tmp_path, expectation)) == set()


def test_a_failed_error_refuses_and_is_recorded(fresh_database: Engine, tmp_path: Path) -> None:
    good_quarter(fresh_database)
    record(
        fresh_database,
        [NewEvent("return-a", 4, MembershipCounted(BRANCH, "2025Q1", "members_female", 11), Cause(FIRST), 2)],
    )
    result = check_quality(context(fresh_database, tmp_path), QUARTER)
    assert unmet(result) == {"membership.part"}
    with pytest.raises(RefusedError) as refused:
        require_quality(result)
    assert refused.value.key == "quality_failed"
    assert refused.value.details["expectations"] == "membership.part"
    assert refused.value.details["period"] == "2025Q1"
    assert recorded(fresh_database) == [(1, False)]


def test_a_failed_warning_is_recorded_and_does_not_refuse(fresh_database: Engine, tmp_path: Path) -> None:
    good_quarter(fresh_database)
    record(
        fresh_database, [NewEvent("nomination-a", 3, ListHandedOver(SUBJECT, BRANCH, date(2025, 2, 10)), Cause(FIRST))]
    )
    result = check_quality(context(fresh_database, tmp_path), QUARTER)
    assert unmet(result) == {"step.predecessor"}
    require_quality(result)
    assert recorded(fresh_database) == [(1, True)]


def recorded(engine: Engine) -> list[tuple[int, bool]]:
    """Version and outcome of each run so far, read from the log."""
    with engine.connect() as connection:
        runs = connection.execute(
            text(
                "select stream_version, (body #>> '{data,passed}')::boolean as passed from events.event"
                " where stream = 'quality-2025Q1' order by position"
            )
        )
        return [(run.stream_version, run.passed) for run in runs]


def test_each_run_is_a_version_of_the_periods_stream(fresh_database: Engine, tmp_path: Path) -> None:
    good_quarter(fresh_database)
    first = check_quality(context(fresh_database, tmp_path), QUARTER)
    second = check_quality(context(fresh_database, tmp_path), QUARTER)
    assert recorded(fresh_database) == [(1, True), (2, True)]
    assert second.position == first.position + 1


def test_data_is_checked_as_it_was_known_at_the_position(fresh_database: Engine, tmp_path: Path) -> None:
    position = good_quarter(fresh_database)
    expectation = [BY_CODE["membership.one"]]
    with fresh_database.begin() as connection:
        connection.execute(
            text(
                "insert into membership (stated, position, unit, period, measure, value)"
                " select stated, :later, unit, period, measure, value from membership where measure = 'members'"
            ),
            {"later": position + 1},
        )
    assert check(fresh_database, QUARTER, position, tmp_path, expectation).passed
    assert not check(fresh_database, QUARTER, position + 1, tmp_path, expectation).passed
    with fresh_database.begin() as connection:
        connection.execute(
            text("update membership set position_to = :later where position = :first"),
            {"later": position + 2, "first": position + 1},
        )
    assert not check(fresh_database, QUARTER, position + 1, tmp_path, expectation).passed
    assert check(fresh_database, QUARTER, position + 2, tmp_path, expectation).passed


def test_the_evidence_opens_alone_and_names_nobody(fresh_database: Engine, tmp_path: Path) -> None:
    good_quarter(fresh_database)
    plant(fresh_database, "nominee.sex")
    result = check(fresh_database, QUARTER, LATER, tmp_path)
    pages = [page.read_text(encoding="utf-8") for page in tmp_path.rglob("*.html")]
    assert result.site == tmp_path / "2025Q1" / "index.html"
    assert len(pages) == 1 + len({expectation.table for expectation in EXPECTATIONS})
    assert BY_CODE["nominee.sex"].title.vi in result.site.read_text(encoding="utf-8")
    for page in pages:
        assert not any(told in page for told in (*PERSON, SUBJECT, BRANCH))
        assert "http" not in page
        assert "<script" not in page


def test_a_run_replaces_the_periods_site_and_leaves_nothing_else(fresh_database: Engine, tmp_path: Path) -> None:
    position = good_quarter(fresh_database)
    (tmp_path / ".2025Q1" / "validations").mkdir(parents=True)
    check(fresh_database, QUARTER, position, tmp_path)
    first = sorted((tmp_path / "2025Q1").rglob("*"))
    check(fresh_database, QUARTER, position, tmp_path, [BY_CODE["nominee.one"]])
    assert [folder.name for folder in tmp_path.iterdir()] == ["2025Q1"]
    assert len(sorted((tmp_path / "2025Q1").rglob("*"))) < len(first)


def test_an_expectation_that_cannot_be_checked_is_neither_met_nor_unmet(fresh_database: Engine, tmp_path: Path) -> None:
    position = good_quarter(fresh_database)
    impossible = warning("nominee.impossible", "Không thể", "Impossible", rows("no_such_column"))
    with pytest.raises(TransientError) as failure:
        check(fresh_database, QUARTER, position, tmp_path, [impossible])
    assert failure.value.key == "quality_unfinished"
    assert not (tmp_path / "2025Q1").exists()


def test_nothing_is_printed(fresh_database: Engine, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    position = good_quarter(fresh_database)
    check(fresh_database, QUARTER, position, tmp_path)
    assert capfd.readouterr() == ("", "")


def test_the_warehouse_takes_every_age_that_a_policy_may_let_in() -> None:
    for policy in (gate.AGE_LEAST, gate.AGE_MOST):
        assert [policy.read(str(age)) for age in (gate.AGES[0], gate.AGES[-1])] == [10, 100]
        for age in (gate.AGES[0] - 1, gate.AGES[-1] + 1):
            with pytest.raises(ValueError):
                policy.read(str(age))


def test_great_expectations_is_imported_only_by_a_check() -> None:
    seen = subprocess.run(
        [sys.executable, "-c", "import sys, flows.quality; print('great_expectations' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert seen.stdout.strip() == "False"


def test_as_many_sites_are_kept_as_the_settings_say_and_the_trend_shows_all_periods(
    fresh_database: Engine, tmp_path: Path
) -> None:
    good_quarter(fresh_database)
    two = context(fresh_database, tmp_path)
    two = Context(two.settings.model_copy(update={"quality_kept": 2}), TESTER)
    check_quality(two, parse("2025Q2"))
    plant(fresh_database, "step.predecessor")
    for period in (QUARTER, parse("2025H1")):
        check_quality(two, period)
    folder = tmp_path / "quality"
    assert sorted(site.name for site in folder.iterdir()) == ["2025H1", "2025Q1", "index.html"]
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 1
    assert [page.count(f">{code}</text>") for code in ("2025Q1", "2025Q2", "2025H1")] == [1, 1, 1]
    assert page.index(">2025Q1</text>") < page.index(">2025Q2</text>")
    assert BY_CODE["step.predecessor"].title.vi in page
    assert 'href="2025Q1/index.html"' in page
    assert 'href="2025Q2/index.html"' not in page
    assert "http" not in page
