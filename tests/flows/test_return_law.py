"""The law of returns: whatever the gate accepts, every error-level expectation holds, and a plain model agrees.

Units, quarters, forms, revisions in and out of order, several units naming one person, reorganisations and reviews in
between, waves at any time. The model also says which workbooks are without fault: the gate takes these, and no others.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from sqlalchemy import Engine, text

from events import keys
from events.database import engine
from events.vault import keystore
from flows.context import Context
from flows.settings import Settings
from flows.units import loading
from schemas.gate import cells
from tests.actors import TESTER
from tests.conftest import _new_database, _url
from tests.flows.gate_road import Road, json_is_read
from tests.flows.return_acts import PEOPLE, PEOPLES_WAYS, UNITS, Change, HandIn, Other, Wave, Way, acts
from tests.flows.return_desk import Desk
from tests.thoroughness import times

Provinces = Callable[[], AbstractContextManager[Road]]


@pytest.fixture(scope="module")
def provinces(_server: Engine, _template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provinces]:
    """A new province each time it is asked for."""
    home = tmp_path_factory.mktemp("law")
    keys.create(home / "keys", "test")
    keystore.create(home / "keys")
    with _new_database(_server, f"TEMPLATE {_template}") as first:
        context = Context(Settings(home=home, database_url=_url(_server, first)), TESTER)
        loading.load(context, UNITS)
        context.engine.dispose()
        with _server.connect() as session:  # nobody may be in what is copied
            session.execute(
                text("select pg_terminate_backend(pid) from pg_stat_activity where datname = :name"), {"name": first}
            )

        @contextmanager
        def opened() -> Iterator[Road]:
            with _new_database(_server, f"TEMPLATE {first}") as name, json_is_read():
                database = engine(_url(_server, name))
                try:
                    yield Road(database, home)
                finally:
                    database.dispose()

        yield opened


def live(provinces: Provinces, people: Sequence[Way], happens: Sequence[Any], *, xlsx: bool = False) -> None:
    """Let it all happen, and see whether road and model agree."""
    with provinces() as road:
        desk = Desk(road, people, xlsx=xlsx)
        for act in happens:
            desk.do(act)
        desk.finish(rebuilt=len(happens) % 4 == 0)


LAW = settings(max_examples=min(times(24), 800), suppress_health_check=list(HealthCheck))
"""Each example has a database of its own, and takes about a second."""


@LAW
@given(PEOPLES_WAYS, acts(hand_ins=6, revisions=3, waves=4, again=1))
def test_revisions_in_and_out_of_order_of_units_that_name_the_same_people(
    provinces: Provinces, people: list[Way], happens: list[Any]
) -> None:
    live(provinces, people, happens)


HANDED_OVER = Way(6, (("identified", 0, -1), ("voted", 1, -1), ("transferred", 5, 8), ("received", 6, -1)))
NOT_RECEIVED = Way(6, HANDED_OVER.steps[:3])
QUARTERS_OF_BOTH = [HandIn(6, 0), Wave(), HandIn(6, 1), Wave(), HandIn(8, 1, from_the_start=False), Wave()]
LEFT_BEHIND = [HandIn(6, 0), Wave(), Change("dissolve", 6, 6, 2), HandIn(9, 2, adopted=(0, 1)), Wave()]


@LAW
@given(PEOPLES_WAYS, acts(hand_ins=6, revisions=2, waves=3, changes=4))
@example([HANDED_OVER] * 3 + [NOT_RECEIVED] * 2, QUARTERS_OF_BOTH)
@example([Way(6, HANDED_OVER.steps[:2])] * 5, LEFT_BEHIND)
def test_reorganisations_in_between(provinces: Provinces, people: list[Way], happens: list[Any]) -> None:
    live(provinces, people, happens)


@LAW
@given(PEOPLES_WAYS, acts(hand_ins=4, revisions=2, others=3, waves=3, reviews=4, policies=1, changes=1))
def test_every_form_accepted_given_back_and_withdrawn(
    provinces: Provinces, people: list[Way], happens: list[Any]
) -> None:
    live(provinces, people, happens)


@settings(max_examples=times(3), suppress_health_check=list(HealthCheck))
@given(PEOPLES_WAYS, acts(hand_ins=4, revisions=1, others=2, waves=2, changes=1))
def test_the_same_with_real_spreadsheets(provinces: Provinces, people: list[Way], happens: list[Any]) -> None:
    live(provinces, people, happens, xlsx=True)


def test_cells_stand_for_the_spreadsheet_that_would_hold_them(provinces: Provinces) -> None:
    way = Way(6, (("identified", 0, -1), ("voted", 1, -1), ("transferred", 2, 7)))
    with provinces() as road:
        desk = Desk(road, [way] * len(PEOPLE))
        books = [desk.quarterly(HandIn(6, 0, activities=(("theme_meeting", 0, 5, None),)))]
        for form, unit, row in (
            ("yearly-plan", 6, ("handover", 3, 1)),
            ("activities", 1, ("movement", 0, 5, 3)),
            ("rating", 1, (3, "good")),
        ):
            books.append(desk.other(Other(form, unit, 0, (row,))))
    for book in books:
        found = cells.read(book.as_xlsx(), "form")
        assert found is not None and found.sheets == json.loads(book.as_json())
