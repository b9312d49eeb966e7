"""The words of the command line, in the language that the environment asks for; quick, so that help is."""

import os
from pathlib import PurePath

from events.errors import NguonError
from schemas.messages.translation import Language, catalogue, text

LANGUAGE: Language = "en" if os.environ.get("NGUON_LANG", "").lower() == "en" else "vi"


def say(key: str, /, **details: object) -> str:
    """What the command line prints under `[cli]`."""
    safe = {name: printable(str(it)) if isinstance(it, str | PurePath) else it for name, it in details.items()}
    return text(f"cli.{key}", LANGUAGE, **safe)


def told(error: NguonError, *, with_line: bool = True) -> str:
    """An error in one sentence; behind the line of the file that it is about, where that is known and wanted."""
    sentence = one_line(text(f"error.{error.key}", LANGUAGE, **error.details))
    line, says_line = error.details.get("line"), "{line}" in catalogue(LANGUAGE)[f"error.{error.key}"]
    if line is None or says_line or not with_line:
        return sentence
    return text("cli.units.at_line", LANGUAGE, line=line, problem=sentence)


def problem(error: NguonError) -> dict[str, object]:
    """One of several errors for machines: what is wrong, in words, and on which line of the file."""
    return {"error": error.key, "line": error.details.get("line"), "message": told(error)}


def explain(key: str) -> str:
    """What help says under `[help]` about a command or a parameter."""
    return text(f"help.{key}", LANGUAGE)


def printable(written: str) -> str:
    """Without line breaks and the other control characters by which a file's name could drive a terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in written)


def one_line(written: str) -> str:
    """A sentence of ours on one line."""
    return printable(" ".join(written.split()))


def day(value: object) -> str:
    """A date as people write it here."""
    return f"{value:%d/%m/%Y}"
