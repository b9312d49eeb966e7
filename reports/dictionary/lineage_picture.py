"""The way from events to figures as a picture: what stands where, and which lines join it. Pure arithmetic."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

WIDTH = 1130
TOP, ROW, TABLE_ROW, GAP = 44, 20, 46, 34
EVENTS_AT, TABLES_FROM, TABLES_TO, RIGHT_AT = 200, 430, 590, 840
HUES = 14
"""Colours of tables; their lines bear them too, so that they can be told apart."""


@dataclass(frozen=True)
class Node:
    """A name at a height; `hue` is that of a table, None for what lines only end at."""

    name: str
    label: str
    y: float
    hue: int | None = None


@dataclass(frozen=True)
class Line:
    """A curve in the colour of a table."""

    path: str
    hue: int


@dataclass(frozen=True)
class Picture:
    """Three columns of names, headings of the groups on the right, and the lines between them."""

    height: float
    events: tuple[Node, ...]
    tables: tuple[Node, ...]
    groups: tuple[tuple[str, tuple[Node, ...]], ...]
    lines: tuple[Line, ...]


def draw(
    events: Sequence[str],
    filled_by: Mapping[str, Sequence[str]],
    groups: Sequence[tuple[str, Sequence[tuple[str, str, Sequence[str]]]]],
) -> Picture:
    """Place everything: `filled_by` gives the events of each table, in drawing order.

    `groups` are a heading and (name, label, tables) of each entry.
    """
    left = {name: TOP + ROW * (i + 0.5) for i, name in enumerate(events)}
    right_rows = sum(len(entries) for _, entries in groups)
    height = max(TOP + ROW * len(events), TOP + ROW * right_rows + GAP * len(groups), TOP + TABLE_ROW * len(filled_by))
    hues = {table: i % HUES for i, table in enumerate(filled_by)}
    # What no event fills stands last.
    middle = _spread({t: _mean([left[e] for e in of] or [height]) for t, of in filled_by.items()}, height)
    drawn, right = [], {}
    y = TOP + (height - TOP - ROW * right_rows - GAP * (len(groups) - 1)) / 2
    for heading, entries in groups:
        nodes = []
        for name, label, of in sorted(entries, key=lambda entry: _mean(middle[table] for table in entry[2])):
            nodes.append(Node(name, label, y + ROW / 2))
            right[name] = (y + ROW / 2, of)
            y += ROW
        drawn.append((heading, tuple(nodes)))
        y += GAP
    lines = [
        *(_line(EVENTS_AT + 6, left[e], TABLES_FROM, middle[t], hues[t]) for t, of in filled_by.items() for e in of),
        *(_line(TABLES_TO, middle[t], RIGHT_AT - 6, at, hues[t]) for at, of in right.values() for t in of),
    ]
    return Picture(
        height + 10,
        tuple(Node(name, name, at) for name, at in left.items()),
        tuple(Node(table, table, at, hues[table]) for table, at in middle.items()),
        tuple(drawn),
        tuple(lines),
    )


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)


def _spread(wanted: Mapping[str, float], height: float) -> dict[str, float]:
    """Heights near those wanted, in their order, no two closer than a table's row, all inside."""
    names = sorted(wanted, key=lambda name: wanted[name])
    free = TOP + TABLE_ROW / 2
    found: dict[str, float] = {}
    for name in names:
        found[name] = max(wanted[name], free)
        free = found[name] + TABLE_ROW
    limit = height - TABLE_ROW / 2
    for name in reversed(names):
        found[name] = min(found[name], limit)
        limit = found[name] - TABLE_ROW
    return found


def _line(x: float, y: float, to_x: float, to_y: float, hue: int) -> Line:
    bend = (to_x - x) / 2
    return Line(f"M{x:g} {y:g}C{x + bend:g} {y:g} {to_x - bend:g} {to_y:g} {to_x:g} {to_y:g}", hue)
