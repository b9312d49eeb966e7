"""Views for analysts: explained in the database, without personal data, in step with the tables through a rebuild."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from events.ids import new_id
from events.log.recorded import NewEvent
from events.types.submissions import SubmissionReceived, SubmissionSuperseded
from schemas.forms import family
from schemas.forms.duty import Calendar, Duty
from schemas.forms.owing import days as due_days
from schemas.periods import parse
from schemas.policies.days import Day
from schemas.views.catalogue import BY_NAME, VIEWS
from tests.warehouse import unit_model as model
from tests.warehouse.province import nominee, record, small_province, step, submission
from tests.warehouse.test_hierarchy import DAYS, reorganised
from warehouse import views
from warehouse.rebuild import rebuild
from warehouse.views import SCHEMA

PERSONAL = {"identity", "birth_year", "birth_date", "salt", "match", "commitment", "cell", "row", "document", "content"}
"""Columns of the vault, and those of the warehouse that tell one person from another."""


def rows(engine: Engine, statement: str, **places: object) -> Sequence[Any]:
    with engine.connect() as connection:
        return connection.execute(text(statement), places).all()


def test_every_view_and_column_is_explained_in_the_database(module_database: Engine) -> None:
    found = rows(
        module_database,
        "select c.relname as name, c.relkind as kind, obj_description(c.oid) as said from pg_class c"
        " where relnamespace = to_regnamespace(:schema)",
        schema=SCHEMA,
    )
    assert {(view.name, view.kind, view.said) for view in found} == {(v.name, "v", v.grain.en) for v in VIEWS}
    columns = rows(
        module_database,
        "select attrelid::regclass::text as view, attname as name, col_description(attrelid, attnum) as said"
        " from pg_attribute where attrelid in (select oid from pg_class where relnamespace = to_regnamespace(:schema))",
        schema=SCHEMA,
    )
    declared = {(f"{SCHEMA}.{view.name}", column.name, column.meaning.en) for view in VIEWS for column in view.columns}
    assert {tuple(column) for column in columns} == declared


def test_a_query_opens_with_the_grain_that_is_declared() -> None:
    files = {file.stem: file for file in Path(views.__file__).parent.glob("*.sql")}
    assert files.keys() == BY_NAME.keys()
    for name, file in files.items():
        grain = BY_NAME[name].grain.en
        assert file.read_text(encoding="utf-8").splitlines()[0] == f"-- Grain: {grain[0].lower()}{grain[1:]}"


def test_no_column_can_hold_what_names_a_person() -> None:
    for view in VIEWS:
        for column in view.columns:
            assert column.name not in PERSONAL, view.name
    named = {view.name for view in VIEWS for column in view.columns if column.name == "name"}
    assert named == {"unit", "unit_dated"}


def test_what_a_view_refers_to_is_the_key_of_another() -> None:
    for view in VIEWS:
        for column in view.columns:
            assert column.refers is None or len(BY_NAME[column.refers].key) == 1
        assert set(view.key) <= {column.name for column in view.columns if column.required}


def filled(engine: Engine) -> None:
    person, other = nominee("28756-01", date(2025, 1, 5)), nominee("28807-02", date(2025, 1, 9), "male", True)
    first, second = (submission("28756-01", "2025Q1", date(2025, 3, day)) for day in (20, 23))
    replaced = SubmissionSuperseded(first[0].payload.submission, second[0].payload.submission)  # type: ignore[attr-defined]
    record(engine, [*small_province(), person, other, step(person, 2, "voted", date(2025, 2, 1))])
    record(
        engine,
        [
            step(person, 3, "voted", date(2025, 2, 2), supersedes=2),
            step(person, 4, "class_sent", date(2025, 2, 20)),
            step(person, 5, "class_sent", date(2025, 2, 25)),
            *first,
            *second,
            NewEvent(first[0].stream, 3, replaced),
            *submission("28807-01", "2025Q1", date(2025, 3, 1), valid=False),
        ],
    )


def contents(engine: Engine) -> dict[str, list[str]]:
    return {
        view.name: sorted(row.said for row in rows(engine, f"select v::text as said from {SCHEMA}.{view.name} v"))
        for view in VIEWS
    }


def test_the_views_say_what_stands(fresh_database: Engine) -> None:
    filled(fresh_database)
    first, second = rows(fresh_database, "select * from analysis.nomination order by identified_on")
    assert (first.voted_on, first.class_sent_on, first.latest_step, first.latest_on) == (
        date(2025, 2, 2),
        date(2025, 2, 20),
        "class_sent",
        date(2025, 2, 25),
    )
    assert (second.sex, second.ethnic_minority, second.age_group, second.voted_on) == ("male", True, "18_24", None)
    assert [row.step for row in rows(fresh_database, "select step from analysis.step order by on_date")] == [
        *("identified", "identified", "voted", "class_sent", "class_sent")
    ]
    returned = rows(fresh_database, "select * from analysis.submission order by received_on")
    assert [(r.verdict, r.due, r.in_time, r.days_late, r.revision, r.state, r.counts) for r in returned] == [
        ("pending", date(2025, 3, 20), True, 0, None, "received", False),
        ("valid", date(2025, 3, 20), True, 0, 1, "superseded", False),
        ("valid", date(2025, 3, 20), False, 3, 2, "valid", True),
    ]


def test_a_workbook_is_due_on_the_day_of_its_forms_calendar(
    fresh_database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = ((date(1900, 1, 1), Day("last", 1, 31)), (date(2025, 1, 1), Day("first", -2, 5)))
    half_yearly = replace(family.newest("activities"), key="half", duty=Duty(frozenset(), "half", Calendar(days)))
    forms = {**family.FORMS, ("half", 1): half_yearly}
    monkeypatch.setattr(family, "found", lambda: forms)
    with fresh_database.begin() as connection:
        views.drop(connection)
        views.create(connection)
    written = [f"{year}{part}" for year in (2024, 2025) for part in ("", "H1", "H2", "Q1", "Q2", "Q3", "Q4", "-2030")]
    on = date(2025, 3, 3)
    received = [
        SubmissionReceived(new_id(), on, "0" * 64, 1, new_id(), period, form.key, 1)
        for form in forms.values()
        for period in written
    ]
    record(fresh_database, [NewEvent(f"submission-{one.submission}", 1, one) for one in received])
    found = rows(fresh_database, "select form, period, due, in_time, days_late from analysis.submission")
    assert len(found) == len(received)
    for row in found:
        period, form = parse(row.period), family.newest(row.form)
        due = due_days(form, period).due if form.duty.periods == period.kind else None
        late = None if due is None else max((on - due).days, 0)
        assert (row.due, row.in_time, row.days_late) == (due, None if due is None else on <= due, late)


def test_the_views_follow_a_rebuild_and_stay_explained(fresh_database: Engine) -> None:
    filled(fresh_database)
    before = contents(fresh_database)
    assert all(before[name] for name in ("unit", "unit_dated", "nomination", "step", "submission"))
    rebuild(fresh_database)
    assert contents(fresh_database) == before
    record(fresh_database, [nominee("28756-02", date(2025, 1, 6))])
    assert len(contents(fresh_database)["nomination"]) == len(before["nomination"]) + 1
    rebuild(fresh_database)
    test_every_view_and_column_is_explained_in_the_database(fresh_database)
    schemas = rows(fresh_database, "select nspname from pg_namespace where nspname like 'analysis%'")
    assert [row.nspname for row in schemas] == [SCHEMA]


def test_a_long_reading_neither_stops_a_rebuild_nor_is_disturbed_by_it(fresh_database: Engine) -> None:
    """An analyst reads for hours; the swap goes through, and what is open still shows one state of affairs."""
    filled(fresh_database)
    with fresh_database.connect() as connection:
        connection.execute(text("set transaction isolation level repeatable read"))
        seen = connection.execute(text("select count(*) from analysis.step")).scalar_one()
        swapped = threading.Thread(target=rebuild, args=(fresh_database,))
        swapped.start()
        while not rows(fresh_database, "select 1 from pg_namespace where nspname like 'analysis_old%%'"):
            assert swapped.is_alive()
        # The old set waits to be dropped; whoever comes now reads and writes the new one.
        record(fresh_database, [nominee("28756-02", date(2025, 1, 6))])
        assert rows(fresh_database, "select count(*) from analysis.step")[0][0] == seen + 1
        connection.rollback()
        swapped.join()


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_units_over_time_are_the_models_on_every_day(fresh_database: Engine, seed: int) -> None:
    province = reorganised(fresh_database, seed)
    parts = "unit::text, parent::text, code, name, kind, level"
    today = date.today()
    for on in (*DAYS, today):
        found = rows(
            fresh_database,
            f"select {parts} from analysis.unit_dated where unit = any(cast(:units as uuid[]))"
            " and valid_from <= :on and (valid_until > :on or valid_until is null)",
            units=province.ids,
            on=on,
        )
        alive = {unit: state for unit, state in model.states(province.events, on).items() if state.alive}
        expected = {(unit, s.parent, s.code, s.name, s.kind, s.level) for unit, s in alive.items()}
        assert {tuple(row) for row in found} == expected
        assert len(found) == len(expected)
    now = rows(
        fresh_database,
        "select unit::text, living, path, parent::text, code, name, kind, level from analysis.unit"
        " where unit = any(cast(:units as uuid[]))",
        units=province.ids,
    )
    states, paths = model.states(province.events, today), model.tree(province.events, today)
    assert {row.unit for row in now} == states.keys()
    for row in now:
        state = states[row.unit]
        assert row.living == state.alive
        assert tuple(row[3:]) == (state.parent, state.code, state.name, state.kind, state.level)
        above = "/".join(states[unit].code for unit in paths[row.unit]) if row.unit in paths else None
        assert row.path == above
