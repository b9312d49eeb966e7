"""The data dictionary: nothing is missing from it, everything is explained, and its lineage is what really happens."""

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from sqlalchemy import Engine, text

from events.types import TYPES
from reports.dictionary.dictionary import Described, dictionary, document, picture
from schemas.indicators.catalogue import INDICATORS
from schemas.messages.translation import Language
from schemas.views.catalogue import VIEWS
from schemas.views.glossary import COLUMNS, EVENTS, TABLES
from tests.warehouse.province import nominee, record, small_province, step, submission
from warehouse import issued, tables
from warehouse.views import lineage
from warehouse.views.export import column_types

LANGUAGES: tuple[Language, ...] = ("vi", "en")
TABLES_OF_ALL = [*tables.metadata.sorted_tables, *issued.metadata.sorted_tables]


@pytest.fixture(scope="module")
def traced(module_database: Engine) -> lineage.Lineage:
    with module_database.connect() as connection:
        return lineage.trace(connection)


@pytest.fixture(scope="module")
def described(module_database: Engine, traced: lineage.Lineage) -> dict[Language, Described]:
    with module_database.connect() as connection:
        types = {view.name: column_types(connection, view) for view in VIEWS}
    return {language: dictionary(traced, types, language) for language in LANGUAGES}


class Page(HTMLParser):
    """What a page anchors, links to and loads, and its text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.loads: list[str] = []
        self.words = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            elif name == "href" and tag == "a":
                self.links.add(value or "")
            elif name in ("src", "href"):
                self.loads.append(value or "")

    def handle_data(self, data: str) -> None:
        self.words += f" {data} "


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_names_everything_once_and_stands_alone(
    described: dict[Language, Described], language: Language
) -> None:
    page = Page(document(described[language], language))
    assert sorted(page.ids) == sorted(set(page.ids))
    wanted = {
        *(f"table-{table.name}" for table in TABLES_OF_ALL),
        *(f"view-{view.name}" for view in VIEWS),
        *(f"event-{name}" for name in TYPES),
        *(f"indicator-{indicator.code}" for indicator in INDICATORS),
    }
    assert wanted - set(page.ids) == set()
    assert {link.removeprefix("#") for link in page.links} - set(page.ids) == set()
    assert page.loads == []
    words = set(re.findall(r"[\w.]+", page.words))
    columns = {column.name for table in TABLES_OF_ALL for column in table.columns}
    columns |= {column.name for view in VIEWS for column in view.columns}
    assert columns - words == set()


def meanings(found: Described) -> Iterator[tuple[str, str]]:
    for of in (*found["views"], *found["tables"]):
        yield of["name"], of["grain"]
        for column in of["columns"]:
            yield f"{of['name']}.{column['name']}", column["meaning"]
    for event in found["events"]:
        yield event["name"], event["meaning"]
    for indicator in found["indicators"]:
        yield indicator["code"], indicator["title"]


def test_everything_is_explained_in_both_languages(described: dict[Language, Described]) -> None:
    said = {language: dict(meanings(described[language])) for language in LANGUAGES}
    assert [name for language in LANGUAGES for name, words in said[language].items() if not words] == []
    assert [name for name in said["vi"] if said["vi"][name] == said["en"][name]] == []


def test_no_word_is_kept_for_what_is_gone(described: dict[Language, Described]) -> None:
    columns = {
        (of["name"], c["name"]) for key in ("views", "tables") for of in described["vi"][key] for c in of["columns"]
    }
    used = {name for table, column in columns for name in (f"{table}.{column}", column)}
    assert COLUMNS.keys() - used == set()
    assert TABLES.keys() == {table.name for table in TABLES_OF_ALL}
    assert EVENTS.keys() - TYPES.keys() == set()


def test_the_types_of_event_that_fill_a_table_are_those_told(fresh_database: Engine, traced: lineage.Lineage) -> None:
    person = nominee("28756-01", date(2025, 1, 5))
    record(fresh_database, [*small_province(), person, step(person, 2, "voted", date(2025, 2, 1))])
    record(fresh_database, submission("28756-01", "2025Q1", date(2025, 3, 1)))
    seen = set()
    with fresh_database.connect() as connection:
        for table, types in traced.events.items():
            for (type,) in connection.execute(
                text(f"select distinct type from {table} join events.event e using (position)")
            ):
                assert type in types, table
                seen.add(table)
    assert seen == {"unit_change", "nominee", "step", "statement", "submission", "submission_state"}
    fill_nothing = {name for name in TYPES if not any(name in types for types in traced.events.values())}
    of_people = {"ErasureLifted", "HoldPlaced", "HoldReleased", "PersonalDataAccessed", "SubjectErased"}
    of_two = {"AccountNamed", "ActCarriedOut", "ActConsented", "ActProposed"}
    assert fill_nothing == of_people | of_two | {"PositionQuarantined", "SecretKeyChanged", "SigningKeyChanged"}


def test_an_indicator_leads_back_to_the_events_that_it_counts(traced: lineage.Lineage) -> None:
    assert {"step", "nominee"} <= set(traced.indicators["admitted"])
    assert {"AdmissionDecided", "NomineeIdentified"} <= set(traced.behind("admitted"))
    assert "BranchVoted" not in traced.behind("admitted")
    assert {"AdmissionDecided", "NominationResolved"} <= set(traced.behind("admitted_rate"))
    assert "MembershipCounted" in traced.behind("members")
    assert all(traced.indicators[indicator.code] for indicator in INDICATORS)
    assert traced.views["nomination"] == ("nominee", "step")


def test_the_picture_joins_what_the_dictionary_says_and_keeps_names_apart(described: dict[Language, Described]) -> None:
    found = described["en"]
    drawn = picture(found, "en")
    nodes = [*drawn.events, *drawn.tables, *(node for _, group in drawn.groups for node in group)]
    assert all(0 < node.y < drawn.height for node in nodes)
    for column in (drawn.events, drawn.tables, [node for _, group in drawn.groups for node in group]):
        heights = sorted(node.y for node in column)
        assert all(below - above >= 19 for above, below in pairwise(heights))
    kinds = {(i["kind"], table) for i in found["indicators"] for table in i["tables"]}
    joins = sum(len(table["filled_by"]) for table in found["tables"])
    joins += sum(len(view["reads"]) for view in found["views"]) + len(kinds)
    assert len(drawn.lines) == joins
