"""Equal Vietnamese words meet, whatever their Unicode form, tone placement, case and spaces."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.log.canonical import dumps
from schemas.text import clean, fold

WORDS = st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạếềểễệ ÁÀ", max_size=30)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Hòa", "Hoà"),
        ("XÃ HOÀ LỘC", "xã Hòa Lộc"),
        ("thủy", "thuỷ"),
        (" Nữ ", "nữ"),
        ("Y  tế", "Y\u00a0tế"),
        (unicodedata.normalize("NFD", "Chỉ tiêu năm"), "Chỉ tiêu năm"),
    ],
)
def test_ways_to_write_the_same_word_meet(left: str, right: str) -> None:
    assert fold(left) == fold(right)


@pytest.mark.parametrize(
    ("left", "right"), [("ma", "má"), ("Nam", "Năm"), ("đen", "den"), ("hoa", "hòa"), ("an", "ân")]
)
def test_different_words_stay_apart(left: str, right: str) -> None:
    assert fold(left) != fold(right)


@given(WORDS)
def test_folding_is_stable_and_blind_to_form_and_case(word: str) -> None:
    assert fold(unicodedata.normalize("NFD", word)) == fold(word) == fold(word.upper())


@given(WORDS)
def test_cleaning_keeps_letters_and_is_stable(word: str) -> None:
    assert clean(clean(word)) == clean(word)
    assert unicodedata.is_normalized("NFC", clean(unicodedata.normalize("NFD", word)))


@given(st.text())
def test_what_is_cleaned_has_a_canonical_form(written: str) -> None:
    assert clean(clean(written)) == clean(written)
    assert dumps([clean(written)])
