"""What a command answers: data for machines, sentences and tables for people, and an exit code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """Rows of text under headings; `styles` colours a cell whose text is its key, where there is a terminal."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    styles: Mapping[str, str] = field(default_factory=dict)
    numbers: Sequence[int] = ()
    """Which columns are flush right."""


Part = str | Table


@dataclass(frozen=True)
class Answer:
    """`data` is what `--json` prints (dates and paths are written as text), `parts` is what a person sees."""

    data: Mapping[str, object]
    parts: Sequence[Part]
    exit_code: int = 0
