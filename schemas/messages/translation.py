"""Every sentence that people read, in Vietnamese and English, by key."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, get_args

Language = Literal["vi", "en"]

LANGUAGES: tuple[Language, ...] = get_args(Language)


@cache
def catalogue(language: Language) -> dict[str, str]:
    """All messages of a language, key to template; nested tables become dotted keys."""
    with (Path(__file__).parent / f"{language}.toml").open("rb") as file:
        return dict(_flatten("", tomllib.load(file)))


def _flatten(prefix: str, table: dict[str, object]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            found += _flatten(f"{prefix}{key}.", value)
        else:
            found.append((f"{prefix}{key}", str(value)))
    return found


def text(key: str, language: Language, /, **details: object) -> str:
    """The message `key` in `language`, its places filled with `details`; KeyError for an unknown key.

    A detail that is a wording of its own, a `Message` or a `Text` of a vocabulary, is said in the same language.
    """
    said = {name: detail(language) if callable(detail) else detail for name, detail in details.items()}
    return catalogue(language)[key].format_map(said)


@dataclass(frozen=True)
class Message:
    """A message that stands in another one's place, whatever its language will be."""

    key: str
    details: Mapping[str, object] = field(default_factory=dict)

    def __call__(self, language: Language) -> str:
        """The wording in one language."""
        return text(self.key, language, **self.details)
