"""Canonical JSON is one text for one value, and holds nothing that a reader could not see."""

import json
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import UsageError
from events.ids import new_id
from events.log.canonical import dumps
from events.log.recorded import NewEvent, unstamped
from events.types.units import UnitRenamed
from tests.actors import TESTER

CONTROL = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]


@pytest.mark.parametrize("control", CONTROL, ids=lambda control: f"{ord(control):02x}")
def test_no_control_character_gets_in_wherever_it_stands(control: str) -> None:
    assert unicodedata.category(control) == "Cc"
    for written in (
        control,
        f"Chi{control}doan",
        f"Đoàn xã{control}",
        f"\\{control}",
        f'"{control}"',
        f"\\\\{control}",
    ):
        with pytest.raises(ValueError, match="control character"):
            dumps({"name": written})
        unit = new_id()
        with pytest.raises(UsageError, match="invalid_event"):
            unstamped(NewEvent(f"unit-{unit}", 1, UnitRenamed(unit, f"Xã {written}", date(2025, 7, 1))), TESTER)


@pytest.mark.parametrize(
    "written", ["\\", "\\n", "\\u0007", "\\\\u00e9", 'Đoàn "Phú\\Tân"', '\\"', "\\/", "Â°«»\u00a0", "\u0100\u2028"]
)
def test_what_only_looks_like_one_is_kept_as_it_is(written: str) -> None:
    assert json.loads(dumps({"name": written})) == {"name": written}


@given(st.text())
def test_a_text_is_kept_or_refused_by_what_it_is(written: str) -> None:
    fit = unicodedata.is_normalized("NFC", written) and all(unicodedata.category(c) != "Cc" for c in written)
    try:
        kept = json.loads(dumps([written]))
    except ValueError:
        assert not fit
    else:
        assert fit and kept == [written]
