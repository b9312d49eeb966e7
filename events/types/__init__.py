"""Every event type by name: the current payload class of each, and its schema version."""

from events.types import (
    consent,
    keys,
    nominations,
    people,
    policies,
    quarantine,
    reports,
    returns,
    submissions,
    units,
)
from events.types.base import Payload

_ABSTRACT = {nominations.Step, nominations.Vote}

TYPES: dict[str, type[Payload]] = {
    cls.__name__: cls
    for module in (units, policies, submissions, nominations, people, returns, reports, keys, consent, quarantine)
    for cls in vars(module).values()
    if isinstance(cls, type) and issubclass(cls, Payload) and cls.__module__ == module.__name__ and cls not in _ABSTRACT
}
