"""What the commands about units tell machines of one."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warehouse.hierarchy import Unit


def told(unit: "Unit") -> dict[str, object]:
    """A unit as it stands in the tree."""
    return {key: getattr(unit, key) for key in ("unit", "parent", "code", "name", "kind", "level", "depth")}
