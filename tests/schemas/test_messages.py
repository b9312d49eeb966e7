"""Whatever the program may say, it can say in Vietnamese and in English, on one line, with the same places filled."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from schemas import findings
from schemas.messages.translation import catalogue

ROOT = Path(__file__).parents[2]
PACKAGES = ("events", "schemas", "warehouse", "reports", "flows")

ERRORS = {"NguonError", "TerminalError", "UsageError", "RefusedError", "TransientError"}
TABLES = {"VerifyFailed": "verify."}
"""Errors whose texts stand in a table of their own under `[error]`."""

SAYING = {"say": "cli", "explain": "help"}
"""Functions of `flows.terminal.wording`, and the table that each takes its words from."""


def test_both_languages_have_the_same_messages_with_the_same_places() -> None:
    vietnamese, english = catalogue("vi"), catalogue("en")
    assert vietnamese.keys() == english.keys()
    assert {key for key in vietnamese if _places(vietnamese[key]) != _places(english[key])} == set()


def test_an_error_or_a_finding_is_one_line() -> None:
    for language in ("vi", "en"):
        lines = [said for key, said in catalogue(language).items() if key.startswith(("error.", "finding."))]
        assert len(lines) > 100
        assert [said for said in lines if "\n" in said or said != said.strip()] == []


def test_every_error_that_is_raised_has_a_text_and_fills_its_places() -> None:
    raised = list(_raised())
    assert len(raised) > 50
    missing = {f"error.{key}" for key, _, _ in raised} - catalogue("vi").keys()
    assert missing == set()
    unfilled = {
        (key, place)
        for key, given, open_ended in raised
        for place in _places(catalogue("vi")[f"error.{key}"]) - given
        if not open_ended
    }
    assert unfilled == set()


def test_every_error_text_belongs_to_an_error_that_is_raised() -> None:
    quoted = {
        node.value
        for tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    kept = {key.removeprefix("error.") for key in catalogue("vi") if key.startswith("error.") and key.count(".") == 1}
    assert kept - quoted == set()


@pytest.mark.parametrize("function", SAYING)
def test_everything_that_the_command_line_says_has_words(function: str) -> None:
    said = {
        f"{SAYING[function]}.{call.args[0].value}"
        for tree in _trees()
        if any(isinstance(node, ast.ImportFrom) and node.module == "flows.terminal.wording" for node in tree.body)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == function
        and isinstance(call.args[0], ast.Constant)
    }
    assert len(said) > 20
    assert said - catalogue("vi").keys() == set()


def test_every_finding_has_a_text() -> None:
    codes = {*findings.SEVERITY, *findings.RETIRED}
    for language in ("vi", "en"):
        texts = {key.removeprefix("finding.") for key in catalogue(language) if key.startswith("finding.")}
        assert texts == codes


def _places(said: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(said) if name is not None}


def _trees() -> Iterator[ast.Module]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            yield ast.parse(path.read_text(encoding="utf-8"))


def _raised() -> Iterator[tuple[str, set[str], bool]]:
    """Key, the places that are given, and whether more are given by ** of every error that our code makes."""
    trees = list(_trees())
    names = ERRORS | {
        node.name
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id in ERRORS for b in node.bases)
    }
    for tree in trees:
        for call in ast.walk(tree):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id not in names:
                continue
            given = {word.arg for word in call.keywords if word.arg}
            for key in _keys(call.args[0]):
                yield TABLES.get(call.func.id, "") + key, given, len(given) < len(call.keywords)


def _keys(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant):
        yield str(argument.value)
    elif isinstance(argument, ast.IfExp):
        yield from _keys(argument.body)
        yield from _keys(argument.orelse)
