"""Policies: a named value from a day on, for everybody or a unit and all under it, laid down on the record."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from events import log
from events.errors import UsageError
from events.log.recorded import NewEvent
from events.types.policies import PolicySet
from flows import consenting
from flows.calendar import today
from flows.context import Context
from schemas.forms import family
from schemas.forms.form import Form
from schemas.messages.translation import Language
from schemas.policies import vocabularies
from schemas.policies.calendars import DUE, OPENS, OWES, TIME_ZONE, YEARS_AHEAD
from schemas.policies.catalogue import POLICIES
from schemas.policies.in_force import InForce, LaidDown, Rules
from schemas.policies.offices import OF_A_PROVINCE, OF_OTHERS, RECIPIENTS
from schemas.policies.policy import Policy, always
from schemas.text import clean
from schemas.vocabulary.terms import UNIT_KIND
from warehouse import hierarchy, policies
from warehouse.hierarchy import in_period
from warehouse.hierarchy.chains import chains
from warehouse.hierarchy.history import last_codes
from warehouse.projections import project


class Made(NamedTuple):
    """A record of a policy: its position, and the unit that it is for, as it stood when it was looked up."""

    position: int
    unit: hierarchy.Unit | None


def lay_down(
    context: Context,
    name: str,
    value: str,
    start: date,
    *,
    unit: str | None = None,
    form: str | None = None,
    kind: str | None = None,
    order: str | None = None,
) -> Made:
    """Record that a policy has a value from a day on.

    `unit` is a code of that day, or of today. Raises UsageError `unknown_policy`, `unknown_policy_value`,
    `policy_term_taken`, `policy_of_root`, `policy_of_all`, `policy_not_narrowed`, `unknown_form`, `unknown_unit_kind`,
    `unknown_unit`, and `invalid_event` for what is no document's number.
    """
    policy = _policy(name)
    _narrowed(policy, form, kind)
    value = clean(value)
    read = _read(policy, value)
    position, on = project.project(context.engine), today(context)
    with context.engine.connect() as connection:
        whose, day = _unit(connection, unit, (start, on), position) if unit else (None, start)
        if whose and policy in (TIME_ZONE, YEARS_AHEAD):
            raise UsageError("policy_of_all", policy=name)
        if whose and policy.of == "root" and whose not in (tops := hierarchy.roots(connection, day, position)):
            codes = last_codes(connection, tops, position)
            raise UsageError("policy_of_root", policy=name, roots=", ".join(codes[top] for top in tops))
        if policy in vocabularies.IN_USE.values():
            taken = vocabularies.taken(policy, read, policies.rules(connection, position))
            if taken:
                raise UsageError("policy_term_taken", term=taken)
    event = PolicySet(name, value, start, whose, form, kind, order)
    about = {"form": form, "kind": kind}
    asked = consenting.Asked("policy", name=name, value=value, on=start, unit=whose, order=order, more=about)
    consent = consenting.require(context, asked)
    with context.engine.begin() as connection:
        stream = f"policy-{name.replace('_', '-')}"
        version = log.stream_versions(connection, [stream]).get(stream, 0) + 1
        recorded = log.append(connection, [NewEvent(stream, version, event)], context.actor).first
        consenting.spend(connection, consent, context.actor)
        named = next(iter(hierarchy.tree(connection, day, position, whose)), None) if whose else None
    project.project(context.engine)
    return Made(recorded, named)


def _unit(connection: Connection, code: str, days: Sequence[date], position: int) -> tuple[str, date]:
    """The unit that bears a code on the first of the days on which any does, and that day."""
    *earlier, last = days
    for day in earlier:
        with suppress(UsageError):
            return hierarchy.unit_by_code(connection, code, day, position), day
    return hierarchy.unit_by_code(connection, code, last, position), last


def _policy(name: str) -> Policy[Any]:
    if name not in POLICIES:
        raise UsageError("unknown_policy", policy=name, allowed=", ".join(POLICIES))
    return POLICIES[name]


def _read(policy: Policy[Any], value: str) -> Any:
    try:
        return policy.read(value)
    except ValueError:
        raise UsageError("unknown_policy_value", value=value, allowed=policy.written) from None


def _narrowed(policy: Policy[Any], form: str | None, kind: str | None) -> None:
    for way, value in (("form", form), ("kind", kind)):
        if value is not None and way not in policy.narrowed:
            raise UsageError("policy_not_narrowed", policy=policy.name, by=f"--{way}")
    forms = family.keys()
    if form is not None and form not in forms:
        raise UsageError("unknown_form", form=form, allowed=", ".join(forms))
    if kind is not None and kind not in UNIT_KIND.terms:
        raise UsageError("unknown_unit_kind", kind=kind, allowed=", ".join(UNIT_KIND.terms))


class Held(NamedTuple):
    """What holds of a policy, or of a form where each form has its own: the value as read, and by whose record."""

    form: Form | None
    in_force: InForce[Any]


@dataclass(frozen=True)
class Listed:
    """A policy with what holds of it, and every value that was laid down, the newest first.

    `held` is empty where what is usual depends on the kind of unit; `codes` are those of the units that are named.
    """

    policy: Policy[Any]
    held: Sequence[Held]
    laid_down: Sequence[LaidDown]
    codes: dict[str, str]


def listed(context: Context, on: date, unit: str | None = None) -> list[Listed]:
    """Every policy as it holds on a day, for everybody or for the unit that bears a code then.

    Raises UsageError `unknown_unit`.
    """
    position = project.project(context.engine)
    with context.engine.connect() as connection:
        rules = policies.rules(connection, position)
        above: Sequence[str] = ()
        kind: str | None = None
        if unit:
            whose = hierarchy.unit_by_code(connection, unit, on, position)
            above = chains(connection, [(whose, on)], position)[whose, on]
            kind = in_period.kinds_on(connection, [whose], on, position)[whose]
        laid_down = policies.laid_down(connection, position)
        codes = last_codes(connection, {one.unit for one in laid_down if one.unit}, position)
    return [
        Listed(
            policy,
            list(_held(policy, rules, on, above if policy.of == "unit" else above[-1:], kind)),
            [one for one in laid_down if one.policy == policy.name],
            codes,
        )
        for policy in POLICIES.values()
    ]


def _held(policy: Policy[Any], rules: Rules, on: date, above: Sequence[str], kind: str | None) -> Iterator[Held]:
    if policy.usual:
        yield Held(None, rules.in_force(policy, on, above, kind=kind))
    if policy is RECIPIENTS:
        own = rules.in_force(policy, on, above[:1], kind=kind, usual=OF_A_PROVINCE if kind == "province" else OF_OTHERS)
        if own.value:
            yield Held(None, own)
    for form in map(family.newest, family.keys()):
        calendar = form.duty.calendar
        usual = {DUE.name: calendar.due_days, OPENS.name: calendar.opening_days}.get(policy.name)
        if usual and kind in (None, *form.duty.kinds):
            yield Held(form, rules.in_force(policy, on, above, form=form.key, kind=kind, usual=usual))
        elif policy is OWES and kind:
            usually = always(kind in form.duty.kinds)
            yield Held(form, rules.in_force(policy, on, above, form=form.key, kind=kind, usual=usually))


def in_words(policy: Policy[Any], value: str, language: Language) -> str:
    """A written value in words."""
    return policy.words(policy.read(value), language)
