"""Upcasters: how a payload of an older schema version becomes one of the next, as one linear ladder a type.

To change a type: change its class, and append one function here. Old bytes stay as they are.
"""

from collections.abc import Callable
from typing import Any

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

LADDER: dict[str, tuple[Upcaster, ...]] = {}
"""Type name to its upcasters: the first reads version 1 and gives version 2, and so on."""
