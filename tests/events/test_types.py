"""No event can hold personal data: every text in every event type is bounded to codes, ids, hashes or public names."""

import re
from datetime import date
from typing import Any

import msgspec
import pytest

from events.errors import UsageError
from events.ids import new_id
from events.log.ladder import Upcaster
from events.log.recorded import NewEvent, UnknownEvent, decode, stamp, unstamped
from events.types import TYPES
from events.types import fields as kinds
from events.types.base import Payload
from events.types.policies import PolicySet
from events.types.returns import TargetSet
from tests.actors import TESTER

PUBLIC = {"UnitEstablished.name", "UnitRenamed.name", "PolicySet.value", "ActProposed.value"}
"""The texts taken from outside as they stand: public names of organisations, and of the terms of their lists."""

PERSONAL = ["Nguyễn Văn An", "083204001234", "0912345678", "Chức vụ: Bí thư", "an.nguyen@example.vn", "15/03/2004"]


def texts(place: str, kind: Any) -> list[tuple[str, msgspec.inspect.StrType]]:
    """Every text inside a type, with its place."""
    match kind:
        case msgspec.inspect.StrType():
            return [(place, kind)]
        case msgspec.inspect.StructType(fields=fields):
            return [found for field in fields for found in texts(f"{place}.{field.name}", field.type)]
        case msgspec.inspect.UnionType(types=types):
            return [found for option in types for found in texts(place, option)]
        case msgspec.inspect.VarTupleType(item_type=item):
            return texts(place, item)
        case (
            msgspec.inspect.IntType()
            | msgspec.inspect.BoolType()
            | msgspec.inspect.DateType()
            | msgspec.inspect.NoneType()
            | msgspec.inspect.LiteralType()
        ):
            return []
    raise AssertionError(f"{place}: {kind} may hold anything")


@pytest.mark.parametrize("name", TYPES)
def test_every_text_of_an_event_refuses_personal_data(name: str) -> None:
    for place, kind in texts(name, msgspec.inspect.type_info(TYPES[name])):
        if place in PUBLIC:
            continue
        assert kind.pattern is not None, f"{place} takes any text"
        for value in PERSONAL:
            assert not re.search(kind.pattern, value), f"{place} takes {value}"


@pytest.mark.parametrize("value", ["Ban Tổ chức; 083204001234", "0912345678", "an.nguyen@example.vn", "a\nb", ""])
def test_what_an_office_lays_down_holds_no_number_of_a_person(value: str) -> None:
    kind = msgspec.inspect.type_info(PolicySet).fields[1].type  # type: ignore[attr-defined]
    assert kind.pattern and not re.search(kind.pattern, value)
    assert re.search(kind.pattern, "health; education=Giáo viên, giảng viên")


@pytest.mark.parametrize("name", [n for n in dir(kinds) if n[0].isupper() and n not in ("Annotated", "Meta")])
def test_patterns_are_anchored_at_both_ends(name: str) -> None:
    info = msgspec.inspect.type_info(getattr(kinds, name))
    if isinstance(info, msgspec.inspect.StrType) and info.pattern:
        assert info.pattern.startswith("^")
        assert info.pattern.endswith(r"\Z")


@pytest.mark.parametrize("value", PERSONAL)
def test_a_body_with_personal_data_cannot_be_made(value: str) -> None:
    event = NewEvent("plan-x", 1, TargetSet(new_id(), 2025, value, 1))
    with pytest.raises(UsageError) as raised:
        unstamped(event, TESTER)
    assert value not in str(raised.value)


def body(**changes: object) -> bytes:
    written = unstamped(NewEvent("plan-x", 1, TargetSet(new_id(), 2025, "admitted", 3)), TESTER)
    from datetime import UTC, datetime

    whole = msgspec.json.decode(stamp(datetime.now(UTC)) + written[1:]) | changes
    return msgspec.json.encode(whole, order="sorted")


def test_a_type_of_the_future_is_refused_not_skipped() -> None:
    with pytest.raises(UnknownEvent) as raised:
        decode(7, body(type="PartyJoined"))
    assert raised.value.details == {"position": 7, "type": "PartyJoined"}


def test_a_newer_version_is_refused_not_skipped() -> None:
    with pytest.raises(UnknownEvent) as raised:
        decode(7, body(v=2))
    assert raised.value.details == {"position": 7, "type": "TargetSet", "version": 2}


def test_old_bytes_are_read_through_the_ladder() -> None:
    """The type is at version 3 here; bytes of version 1 climb both rungs, bytes of version 2 the last."""

    def first(data: dict[str, Any]) -> dict[str, Any]:
        return {"unit": data["unit"], "year": data["year"], "target": data["goal"], "amount": data["value"]}

    def second(data: dict[str, Any]) -> dict[str, Any]:
        return {key: data[key] for key in ("unit", "year", "target")} | {"value": data["amount"]}

    ladder: dict[str, tuple[Upcaster, ...]] = {"TargetSet": (first, second)}
    unit = new_id()
    old = {"unit": unit, "year": 2025, "goal": "admitted", "value": 3}
    middle = {"unit": unit, "year": 2025, "target": "admitted", "amount": 3}
    now = {"unit": unit, "year": 2025, "target": "admitted", "value": 3}
    for version, data in enumerate((old, middle, now), start=1):
        assert decode(1, body(v=version, data=data), ladder).payload == TargetSet(unit, 2025, "admitted", 3)
    with pytest.raises(UnknownEvent):
        decode(1, body(v=4, data=now), ladder)


def test_every_type_is_frozen_and_named_in_the_past_tense() -> None:
    for name, kind in TYPES.items():
        assert issubclass(kind, Payload)
        assert kind.__struct_config__.frozen, name
        past = r"(ed|Out|Over|Sent|Off|Set|SetAside|Held|ByAge|Withdrawn|FoundValid|FoundInvalid)$"
        assert re.search(past, name), name


def test_a_date_is_written_as_iso_8601() -> None:
    from events.types.units import UnitDissolved

    unit = new_id()
    written = unstamped(NewEvent("unit-x", 1, UnitDissolved(unit, date(2025, 7, 1))), TESTER)
    assert b'"on":"2025-07-01"' in written
