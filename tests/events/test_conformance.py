"""The quick check takes what the types take, and refuses what they refuse, however often it comes."""

import re
from typing import Any

import msgspec
import pytest

from events.log.conformance import Check, _loosened
from events.log.recorded import Cause, _Body
from events.types import TYPES
from events.types.fields import Code, Id
from tests.events.test_types import PERSONAL, PUBLIC, texts

Bare = msgspec.defstruct("Bare", [("unit", Id), ("code", Code | None, None)], forbid_unknown_fields=True)

GOOD: dict[str, Any] = {
    "by": "command.test",
    "cause": {"submission": "019a0000-0000-7000-8000-000000000001", "sheet": "steps"},
    "data": {"code": "admitted", "unit": "019a0000-0000-7000-8000-000000000002"},
    "stream": "plan-x",
    "type": "Bare",
    "v": 1,
    "version": 1,
}


@pytest.mark.parametrize("struct", [_Body, Cause, *TYPES.values()])
def test_every_pattern_is_checked_one_way_or_the_other(struct: type[msgspec.Struct]) -> None:
    loose = _loosened(struct, **({"data": Cause, "cause": Cause | None} if struct is _Body else {}))
    taken_out = dict(loose.texts)
    name = struct.__name__
    kept = dict(texts(name, msgspec.inspect.type_info(loose.struct)))
    wanted = {} if struct is _Body else dict(texts(name, msgspec.inspect.type_info(struct)))
    assert set(kept) >= set(wanted)
    for place, kind in wanted.items():
        if kind.pattern is None or kept[place].pattern == kind.pattern:
            continue
        known = taken_out[place.removeprefix(f"{name}.")]
        assert place in PUBLIC or not any(known[value] for value in PERSONAL)
        assert {known[value] for value in ("x", "plan-x", *PERSONAL)} == {
            re.search(kind.pattern, value) is not None for value in ("x", "plan-x", *PERSONAL)
        }


@pytest.mark.parametrize("value", PERSONAL)
@pytest.mark.parametrize("place", ["by", "stream", "cause.submission", "cause.sheet", "data.unit", "data.code"])
def test_a_wrong_text_is_refused_every_time_and_named_by_its_place(place: str, value: str) -> None:
    check = Check(_Body, Cause, Bare)
    check(msgspec.json.encode(GOOD))
    wrong = msgspec.json.decode(msgspec.json.encode(GOOD))
    *path, last = place.split(".")
    inner = wrong[path[0]] if path else wrong
    inner[last] = value
    for _ in range(2):
        with pytest.raises(msgspec.ValidationError, match=re.escape(f"$.{place}")) as raised:
            check(msgspec.json.encode(wrong))
        assert value not in str(raised.value)


@pytest.mark.parametrize("change", [{"more": 1}, {"data": {"unit": 1}}, {"data": {}}, {"version": "1"}])
def test_what_has_not_the_fields_of_its_type_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        Check(_Body, Cause, Bare)(msgspec.json.encode(GOOD | change))


def test_what_was_seen_is_forgotten_before_it_takes_much_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("events.log.conformance._REMEMBERED", 3)
    (_, known), *_ = _loosened(Cause).texts
    for number in range(10):
        assert not known[str(number)]
    assert len(known) <= 3
