"""Acts that need two people: proposed by one account, consented to by another, carried out once, all on record."""

import json
import os
import pwd
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest

from events.errors import RefusedError, UsageError
from events.vault import holds
from flows import checkpoints, consenting, erasure, policies, rotating
from flows.verify import verify
from tests.actors import TESTER
from tests.flows.nguon import Nguon
from tests.flows.office import Office
from tests.rows import AN

START = date(2025, 1, 1)


@contextmanager
def as_account(name: str) -> Iterator[None]:
    with patch.object(consenting, "_user", return_value=name):
        yield


@contextmanager
def later(hours: int) -> Iterator[None]:
    """So many hours later, for what asks the clock."""
    moved = datetime.now(consenting.UTC) + timedelta(hours=hours)

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return moved

    with patch.object(consenting, "datetime", Later):
        yield


@pytest.fixture
def two(office: Office) -> Office:
    """An office with a person on record where every act needs two people."""
    assert office.send({"nominees": [AN]}).valid
    policies.lay_down(office.context, "consent", "erase; release; key; policy", START)
    return office


def person(office: Office) -> str:
    return str(office.query("select subject::text from vault.subject")[0].subject)


def proposed(act: Callable[[], object]) -> str:
    """The proposal that an act becomes when one account asks for it."""
    with as_account("officer"), pytest.raises(RefusedError) as raised:
        act()
    assert raised.value.key == "consent_needed"
    return str(raised.value.details["proposal"])


def test_one_person_is_enough_where_nothing_was_laid_down(office: Office) -> None:
    assert office.send({"nominees": [AN]}).valid
    erasure.erase(office.context, person(office), "request_of_the_person")
    assert office.query("select from vault.account") == []


def test_erasing_waits_for_a_second_account_and_happens_once(two: Office) -> None:
    subject = person(two)

    def act() -> object:
        return erasure.erase(two.context, subject, "request_of_the_person")

    proposal = proposed(act)
    with as_account("officer"):
        with pytest.raises(RefusedError, match="consent_awaited"):
            act()
        with pytest.raises(RefusedError, match="consent_own"):
            consenting.consent(two.context, proposal)
    assert two.query("select from vault.person where subject = :s", s=subject)
    with as_account("chief"):
        consenting.consent(two.context, proposal)
        with pytest.raises(RefusedError, match="consent_given"):
            consenting.consent(two.context, proposal)
    with as_account("officer"):
        with pytest.raises(RefusedError, match="consent_needed"):  # another reason is another act
            erasure.erase(two.context, subject, "order_of_authority")
        act()
    acts = two.query("select type from events.event where stream = 'consent-acts' order by position")
    assert [row.type for row in acts] == ["ActProposed", "ActConsented", "ActProposed", "ActCarriedOut"]
    act()  # what was erased already needs nobody: it only finishes what was cut off
    checkpoints.sign(two.context)
    verify(two.context.engine, checkpoints.keys_of(two.context))


def test_a_consent_that_was_used_is_used_up(two: Office) -> None:
    def act() -> object:
        return policies.lay_down(two.context, "review", "at_once", date(2026, 1, 1))

    for _ in range(2):
        proposal = proposed(act)
        with as_account("chief"):
            consenting.consent(two.context, proposal)
        act()
    laid_down = two.query("select from events.event where type = 'PolicySet' and stream = 'policy-review'")
    assert len(laid_down) == 2


def test_what_is_not_consented_to_in_time_is_over(two: Office) -> None:
    def act() -> object:
        return rotating.rotate(two.context, "signing")

    proposal = proposed(act)
    with later(hours=73), as_account("chief"), pytest.raises(RefusedError, match="consent_expired"):
        consenting.consent(two.context, proposal)
    with as_account("chief"):
        consenting.consent(two.context, proposal)
    with later(hours=73):
        assert proposed(act) != proposal
    act()
    assert len(two.query("select from events.event where type = 'SigningKeyChanged'")) == 1


def test_on_the_command_line_the_same_command_is_run_again(nguon: Nguon) -> None:
    """A second account is that of root's caller, so there is one only where the tests run as root."""
    laid = nguon("policy", "set", "consent", "policy", "--from", "2025-01-01")
    assert laid.returncode == 0, laid.stderr
    change = ("policy", "set", "consent", "none", "--from", "2025-01-02")
    asked = nguon(*change, "--json", NGUON_LANG="en")
    assert asked.returncode == 1 and "nguon consent " in asked.stdout + asked.stderr
    waits = json.loads(nguon("consent", "--json").stdout)["open"]
    (proposal,) = [one["proposal"] for one in waits]
    assert waits[0]["act"] == "policy" and waits[0]["value"] == "none" and waits[0]["consented_by"] is None
    assert waits[0]["by_name"] == f"{pwd.getpwuid(os.getuid()).pw_name}@{socket.gethostname()}"
    listed = nguon("consent").stdout
    assert proposal in listed and waits[0]["by_name"] in listed
    assert waits[0]["by"].removeprefix("account.") not in listed
    own = nguon("consent", proposal, NGUON_LANG="en")
    assert own.returncode == 1 and "themselves" in own.stderr
    unknown = nguon("consent", "019a0000-0000-7000-8000-000000000001")
    assert unknown.returncode == 2 and unknown.stderr.count("\n") == 1
    if os.getuid():
        pytest.skip("another account needs root")
    other = next(each.pw_uid for each in pwd.getpwall() if each.pw_uid)
    given = nguon("consent", proposal, SUDO_UID=str(other))
    assert given.returncode == 0, given.stderr
    (given_to,) = json.loads(nguon("consent", "--json").stdout)["open"]
    assert given_to["consented_by_name"].startswith(f"{pwd.getpwuid(other).pw_name}@")
    assert given_to["consented_by_name"] in nguon("consent").stdout
    assert nguon(*change).returncode == 0
    assert json.loads(nguon("consent", "--json").stdout)["open"] == []
    assert nguon("verify").returncode == 0


def test_what_is_refused_anyway_is_not_proposed(two: Office) -> None:
    with two.context.engine.begin() as connection:
        holds.place(connection, person(two), "inspection", "officer", TESTER)
    with as_account("officer"), pytest.raises(RefusedError, match="held"):
        erasure.erase(two.context, person(two), "request_of_the_person")
    assert two.query("select from events.event where type = 'ActProposed'") == []


def test_releasing_a_hold_takes_two(two: Office) -> None:
    subject, settings = person(two), two.context.settings
    with two.context.engine.begin() as connection:
        holds.place(connection, subject, "inspection", "officer", TESTER)
    command = Nguon(settings.home)
    release = ("hold", "release", subject)
    asked = command(*release, NGUON_DATABASE_URL=str(settings.database_url))
    assert asked.returncode == 1 and "nguon consent " in asked.stderr
    with two.context.engine.connect() as connection:
        assert holds.in_force(connection, subject)
        (proposal,) = (one.proposed.proposal for one in consenting.proposals(connection))
    with as_account("chief"):
        consenting.consent(two.context, proposal)
    done = command(*release, NGUON_DATABASE_URL=str(settings.database_url))
    assert done.returncode == 0, done.stderr
    with two.context.engine.connect() as connection:
        assert not holds.in_force(connection, subject)


def test_no_name_of_an_account_is_in_the_log(two: Office) -> None:
    with as_account("nguyen.van.bi.mat"), pytest.raises(RefusedError):
        rotating.rotate(two.context, "signing")
    assert two.query("select from vault.account where name like 'nguyen.van.bi.mat@%'")
    assert not two.query("select from events.event where body::text like '%bi.mat%'")
    with two.context.engine.connect() as connection, pytest.raises(UsageError, match="unknown_proposal"):
        assert consenting.proposals(connection)
        consenting.consent(two.context, "019a0000-0000-7000-8000-000000000001")
