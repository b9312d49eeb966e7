"""What a search finds in a file is found through the words of the file as well: the index leads to every such file."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.gate.mentioned import LONGEST_TEXT, numbers_of, words_for, words_of
from schemas.gate.mentions import Sought, names

PERSON = Sought("083204001234", "Nguyễn Thị Văn An", "2004-05-01")
NUMBERS = st.sampled_from(
    [
        "083204001234",
        "83204001234",
        "083 204 001 234",
        "083.204.001.234",
        "x083204001234",
        "99083204001234567",
        "83204001234.0",
    ]
)
OTHER_NUMBERS = st.sampled_from(["", "083304005678", "083204001239"])
NAMES = st.sampled_from(
    ["Nguyễn Thị Văn An", "NGUYỄN THỊ VĂN AN", "đ/c Nguyễn Thị Văn An (BT)", "nguyen thi van an", "An", ""]
)
DAYS = st.sampled_from(["2004-05-01", "01/05/2004", "1.5.2004", "38108", "2004-05-02", ""])
FORMS = st.sampled_from(["NFC", "NFD"])
CELLS = st.one_of(NUMBERS, OTHER_NUMBERS, NAMES, DAYS)


@given(grid=st.lists(st.lists(CELLS, max_size=4), max_size=3), form=FORMS)
def test_whoever_is_found_in_cells_is_found_by_a_word(grid: list[list[str]], form: str) -> None:
    cells = [[unicodedata.normalize(form, cell) for cell in row] for row in grid]
    if names(b"", {"sheet": cells}, PERSON):
        words = words_of(b"", {"sheet": cells})
        assert words is None or words & words_for(PERSON)


@given(
    pieces=st.lists(st.one_of(NUMBERS, OTHER_NUMBERS, NAMES, DAYS, st.text(max_size=5)), max_size=6),
    between=st.sampled_from([" ", "\n", ", ", "-"]),
    encoding=st.sampled_from(["utf-8", "utf-16-le"]),
    form=FORMS,
)
def test_whoever_is_found_in_a_text_is_found_by_a_word(
    pieces: list[str], between: str, encoding: str, form: str
) -> None:
    content = unicodedata.normalize(form, between.join(pieces)).encode(encoding)
    if names(content, None, PERSON):
        words = words_of(content, None)
        assert words is None or words & words_for(PERSON)


@pytest.mark.parametrize("written", ["083204001234", "83204001234", "083 204 001 234", "số 083.204.001.234;"])
def test_numbers_are_found_with_cells_and_without(written: str) -> None:
    assert numbers_of(b"", {"a": [[None, written]]}) == {"083204001234"}
    assert numbers_of(written.encode(), None) == numbers_of(written.encode("utf-16-le"), None) == {"083204001234"}


def test_what_is_too_long_to_look_into_has_no_numbers() -> None:
    assert numbers_of(b"083204001234".ljust(LONGEST_TEXT + 1), None) == set()
