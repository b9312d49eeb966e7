"""The words of the command line, in the language that the environment asks for; quick, so that help is."""

import os

from schemas.translation import Language, text

LANGUAGE: Language = "en" if os.environ.get("NGUON_LANG", "").lower() == "en" else "vi"


def say(key: str, /, **details: object) -> str:
    """What the command line prints under `[cli]`."""
    return text(f"cli.{key}", LANGUAGE, **details)


def explain(key: str) -> str:
    """What help says under `[help]` about a command or a parameter."""
    return text(f"help.{key}", LANGUAGE)


def day(value: object) -> str:
    """A date as people write it here."""
    return f"{value:%d/%m/%Y}"
