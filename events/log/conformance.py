"""A body held against its type, every pattern included: quickly, for most texts were seen a moment before.

The decoder calls Python for each pattern, which takes longer than all else. So it reads the body without them, and
each text is held against its pattern once, however often it comes.
"""

import re
from functools import cache
from operator import attrgetter, getitem
from typing import Annotated, Any, NamedTuple, get_args, get_origin

import msgspec

_REMEMBERED = 1 << 16
"""Texts remembered for a pattern: bounds memory."""


class _Texts(dict[str | None, bool]):
    """Whether texts match a pattern; what is not there, where it may be missing, does."""

    def __init__(self, pattern: str) -> None:
        super().__init__()
        self._search = re.compile(pattern).search

    def __missing__(self, text: str | None) -> bool:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[text] = text is None or self._search(text) is not None
        return found


_texts = cache(_Texts)


class _Loose(NamedTuple):
    """A struct whose own texts have no patterns, and what each of these has to match."""

    struct: type[msgspec.Struct]
    texts: tuple[tuple[str, _Texts], ...]


class Check:
    """Checks bodies of one kind: an envelope, its cause, and data of one type."""

    def __init__(self, envelope: type[msgspec.Struct], cause: type[msgspec.Struct], data: type[msgspec.Struct]) -> None:
        loose_cause, loose_data = _loosened(cause), _loosened(data)
        whole = _loosened(envelope, data=loose_data.struct, cause=loose_cause.struct | None)
        self._decode = msgspec.json.Decoder[Any](whole.struct).decode
        by_path = list(whole.texts)
        by_path += [(f"data.{name}", known) for name, known in loose_data.texts]
        self._alone = attrgetter(*(path for path, _ in by_path))
        by_path += [(f"cause.{name}", known) for name, known in loose_cause.texts]
        self._caused = attrgetter(*(path for path, _ in by_path))
        self._known = [known for _, known in by_path]
        strict = msgspec.defstruct("Body", [("data", data)], bases=(envelope,), kw_only=True)
        self._decode_strictly = msgspec.json.Decoder[Any](strict).decode

    def __call__(self, body: bytes) -> None:
        """Raise `msgspec.ValidationError`, which names the field, unless the body is what its type says."""
        found = self._decode(body)
        texts = self._alone(found) if found.cause is None else self._caused(found)
        if not all(map(getitem, self._known, texts)):
            self._decode_strictly(body)


def _loosened(struct: type[msgspec.Struct], **replaced: Any) -> _Loose:
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    texts = []
    for field in msgspec.structs.fields(struct):
        kind, pattern = _without_pattern(replaced.get(field.name, field.type))
        if pattern is not None:
            texts.append((field.name, _texts(pattern)))
        if field.default is not msgspec.NODEFAULT:
            fields.append((field.name, kind, field.default))
        elif field.default_factory is not msgspec.NODEFAULT:
            fields.append((field.name, kind, msgspec.field(default_factory=field.default_factory)))
        else:
            fields.append((field.name, kind))
    made = msgspec.defstruct(struct.__name__, fields, kw_only=True, forbid_unknown_fields=True)
    return _Loose(made, tuple(texts))


def _without_pattern(kind: Any) -> tuple[Any, str | None]:
    """A type without the pattern of its text, and that pattern; anything else as it is."""
    if get_origin(kind) is Annotated:
        text, *notes = get_args(kind)
        patterns = [note.pattern for note in notes if isinstance(note, msgspec.Meta) and note.pattern]
        return (str, patterns[0]) if text is str and patterns else (kind, None)
    match get_args(kind):
        case (one, none) if none is type(None) and get_origin(one) is Annotated:
            plain, pattern = _without_pattern(one)
            return (plain | None, pattern) if pattern else (kind, None)
    return kind, None
