"""Acts that need two people, where a policy says so: proposed by one, consented to by another, then carried out, once.

All of it stands in one stream of the log. What is carried out is what was proposed, to the letter: the same command is
run again once it has been consented to.
"""

import os
import pwd
import socket
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, text

from events import log, vault
from events.errors import RefusedError, UsageError
from events.ids import new_id
from events.log import canonical
from events.log.read import read
from events.log.recorded import NewEvent
from events.types.base import Payload
from events.types.consent import AccountNamed, Act, ActCarriedOut, ActConsented, ActProposed
from flows.context import Context
from schemas.policies.safety import CONSENT, CONSENT_HOURS
from warehouse import policies
from warehouse.projections import project

STREAM = "consent-acts"


class Asked(NamedTuple):
    """An act and what it is about; `more` is what else it was asked with."""

    act: Act
    subject: str | None = None
    position: int | None = None
    reason: str | None = None
    name: str | None = None
    value: str | None = None
    on: date | None = None
    unit: str | None = None
    order: str | None = None
    more: Mapping[str, str | None] | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of all of it, hexadecimal."""
        said = {key: value.isoformat() if isinstance(value, date) else value for key, value in self._asdict().items()}
        return sha256(canonical.dumps(said)).hexdigest()


@dataclass
class Proposal:
    """What became of a proposal so far; `by` and `consented_by` are actors."""

    proposed: ActProposed
    by: str
    at: datetime
    consented_by: str | None = None
    consented_at: datetime | None = None
    carried_out: bool = False

    @property
    def until(self) -> datetime:
        """Until when it may be consented to or, once it was, carried out."""
        return (self.consented_at or self.at) + timedelta(hours=self.proposed.hours)

    def is_open(self, now: datetime) -> bool:
        """Whether something can still come of it."""
        return not self.carried_out and now <= self.until


def require(context: Context, asked: Asked) -> str | None:
    """The proposal that an act uses up, which another account consented to; None where one person is enough.

    Raises RefusedError `consent_needed`, once the act is proposed for another account to consent to, and
    `consent_awaited` where that was done already; WrongExpectedVersion when somebody proposes at the same time.
    """
    if asked.act != "quarantine":  # for what that is about may stop the projection
        project.project(context.engine)
    with context.engine.begin() as connection:
        now, rules = datetime.now(UTC), policies.rules(connection)
        if asked.act not in rules.in_force(CONSENT, now.date()).value:
            return None
        same = [one for one in proposals(connection) if one.proposed.digest == asked.digest and one.is_open(now)]
        if ready := next((one for one in same if one.consented_by), None):
            return ready.proposed.proposal
        if same:
            raise RefusedError("consent_awaited", proposal=same[0].proposed.proposal, until=_day(same[0].until))
        hours = rules.in_force(CONSENT_HOURS, now.date()).value
        payload = ActProposed(
            new_id(),
            asked.act,
            asked.digest,
            hours,
            subject=asked.subject,
            position=asked.position,
            reason=asked.reason,
            name=asked.name,
            value=asked.value,
            on=asked.on,
            unit=asked.unit,
            order=asked.order,
        )
        _append(connection, payload, account(connection))
    until = _day(now + timedelta(hours=hours))
    raise RefusedError("consent_needed", proposal=payload.proposal, until=until)


def consent(context: Context, proposal: str) -> Proposal:
    """Consent to a proposal as the account that runs this.

    Raises UsageError `unknown_proposal`; RefusedError `consent_own`, `consent_given`, `consent_expired`.
    """
    with context.engine.begin() as connection:
        found = next((one for one in proposals(connection) if one.proposed.proposal == proposal), None)
        if found is None:
            raise UsageError("unknown_proposal", proposal=proposal)
        if found.carried_out or found.consented_by:
            raise RefusedError("consent_given", proposal=proposal)
        if not found.is_open(datetime.now(UTC)):
            raise RefusedError("consent_expired", proposal=proposal, until=_day(found.until))
        by = account(connection)
        if by == found.by:
            raise RefusedError("consent_own", proposal=proposal)
        _append(connection, ActConsented(proposal), by)
        return found


def spend(connection: Connection, proposal: str | None, by: str) -> None:
    """Record, in the transaction of an act, that it was carried out; nothing where no consent was needed.

    Raises RefusedError `consent_expired` when it was used up meanwhile.
    """
    if proposal is None:
        return
    found = next(one for one in proposals(connection) if one.proposed.proposal == proposal)
    if not found.is_open(datetime.now(UTC)):
        raise RefusedError("consent_expired", proposal=proposal, until=_day(found.until))
    _append(connection, ActCarriedOut(proposal), by)


def proposals(connection: Connection) -> list[Proposal]:
    """Every proposal, oldest first, and what became of it."""
    found: dict[str, Proposal] = {}
    for event in read(connection, stream=STREAM):
        match event.payload:
            case ActProposed(proposal=proposal) as proposed:
                found[proposal] = Proposal(proposed, event.by, event.recorded_at)
            case ActConsented(proposal=proposal) if (one := found.get(proposal)) and event.by != one.by:
                if event.recorded_at <= one.until:
                    one.consented_by, one.consented_at = event.by, event.recorded_at
            case ActCarriedOut(proposal=proposal) if one := found.get(proposal):
                one.carried_out = True
    return list(found.values())


def account(connection: Connection) -> str:
    """The `Actor` of the person who runs this, by their account on this machine; it gets an id when it first acts.

    Behind `sudo` it is the account that called it. Whoever is root can be anybody.
    """
    name = f"{_user()}@{socket.gethostname()}"
    known = connection.execute(
        text("select account::text from vault.account where name = :name"), {"name": name}
    ).scalar()
    if known is None:
        known, bound = new_id(), vault.seal(name, b"")
        connection.execute(
            text("insert into vault.account (account, name, salt) values (:account, :name, :salt)"),
            {"account": known, "name": name, "salt": bound.salt},
        )
        payload = AccountNamed(known, bound.commitment.hex())
        log.append(connection, [NewEvent(f"account-{known}", 1, payload)], f"account.{known}")
    return f"account.{known}"


def names(connection: Connection, actors: Collection[str]) -> dict[str, str]:
    """The actors that are accounts of the office, each with its name; whoever has none here is left out."""
    rows = connection.execute(
        text(
            "select 'account.' || account as actor, name from vault.account where 'account.' || account = any(:actors)"
        ),
        {"actors": list(actors)},
    )
    return {row.actor: row.name for row in rows}


def _user() -> str:
    caller = os.environ.get("SUDO_UID", "")
    number = int(caller) if os.getuid() == 0 and caller.isascii() and caller.isdecimal() else os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # an account without a name, as in a container
        return str(number)


def _append(connection: Connection, payload: Payload, by: str) -> None:
    version = log.stream_versions(connection, [STREAM]).get(STREAM, 0) + 1
    log.append(connection, [NewEvent(STREAM, version, payload)], by)


def _day(at: datetime) -> str:
    return f"{at:%d/%m/%Y %H:%M} UTC"
