"""Policies: a named value from a day on, for a unit and all under it, laid down on the record."""

from datetime import date

from events import log
from events.errors import UsageError
from events.log.recorded import NewEvent
from events.types.policies import PolicySet
from flows.context import Context
from schemas.forms import family
from schemas.messages.translation import Language
from schemas.policies.review import REVIEWS
from schemas.vocabulary.terms import UNIT_KIND, Vocabulary
from warehouse import hierarchy
from warehouse.projections import project
from warehouse.returns import review
from warehouse.returns.review import LaidDown

POLICIES: dict[str, Vocabulary] = {REVIEWS.key: REVIEWS}
"""Each policy's values, by its name."""


def lay_down(
    context: Context,
    policy: str,
    value: str,
    start: date,
    *,
    unit: str | None = None,
    form: str | None = None,
    kind: str | None = None,
    order: str | None = None,
) -> int:
    """Record that a policy has a value from a day on; the position of the record. `unit` is a code of that day.

    Raises UsageError `unknown_policy`, `unknown_policy_value`, `unknown_form`, `unknown_unit_kind`, `unknown_unit`,
    and `invalid_event` for what is no document's number.
    """
    if policy not in POLICIES:
        raise UsageError("unknown_policy", policy=policy, allowed=", ".join(POLICIES))
    if value not in POLICIES[policy].terms:
        raise UsageError("unknown_policy_value", value=value, allowed=", ".join(POLICIES[policy].terms))
    forms = family.keys()
    if form is not None and form not in forms:
        raise UsageError("unknown_form", form=form, allowed=", ".join(forms))
    if kind is not None and kind not in UNIT_KIND.terms:
        raise UsageError("unknown_unit_kind", kind=kind, allowed=", ".join(UNIT_KIND.terms))
    position = project.project(context.engine)
    stream = f"policy-{policy.replace('_', '-')}"
    with context.engine.begin() as connection:
        whose = hierarchy.unit_by_code(connection, unit, start, position) if unit else None
        version = log.stream_versions(connection, [stream]).get(stream, 0) + 1
        event = PolicySet(policy, value, start, whose, form, kind, order)
        recorded = log.append(connection, [NewEvent(stream, version, event)], context.actor).first
    project.project(context.engine)
    return recorded


def laid_down(context: Context) -> list[LaidDown]:
    """Every value that was laid down, the newest first."""
    project.project(context.engine)
    with context.engine.connect() as connection:
        return review.laid_down(connection)


def title(policy: str, value: str, language: Language) -> str:
    """A value in words."""
    return POLICIES[policy].terms[value](language)
