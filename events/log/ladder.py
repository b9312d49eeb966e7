"""Upcasters: how a payload of an older schema version becomes one of the next, as one linear ladder a type.

To change a type: change its class, append one function here, and rebuild the warehouse, whose tables hold what the
older version said. Old bytes stay as they are; whoever reads them in Python gets them from `decode`, in SQL through
`events.log.current`.
"""

from collections.abc import Callable
from typing import Any

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

LADDER: dict[str, tuple[Upcaster, ...]] = {}
"""Type name to its upcasters: the first reads version 1 and gives version 2, and so on."""
