"""The level above accepts returns or gives them back, a unit withdraws its own; a policy says when a return counts."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from events import vault
from events.errors import RefusedError, UsageError
from flows import audit, policies, reviewing
from flows.erasure import erase
from schemas.periods import parse
from tests.flows.office import Office
from tests.rows import AN, BINH, membership, vote
from warehouse.projections import project
from warehouse.rebuild import rebuild
from warehouse.returns import status

Q1 = parse("2025Q1")


@pytest.fixture
def office(fresh_database: Engine, tmp_path: Path) -> Iterator[Office]:
    url = fresh_database.url.render_as_string(hide_password=False)
    made = Office.open(url, tmp_path)
    yield made
    made.context.engine.dispose()


def state(office: Office, submission: str) -> tuple[str, bool]:
    """The state of a submission, and whether it counts."""
    (row,) = office.query(
        "select (array_agg(state order by position desc))[1] as state,"
        " (array_agg(counts order by position desc) filter (where counts is not null))[1] as counts"
        " from submission_state where submission = :s",
        s=submission,
    )
    return row.state, bool(row.counts)


def returned(office: Office, unit: str = "28756-01") -> status.Returned:
    position = project.project(office.context.engine)
    with office.context.engine.connect() as connection:
        found = status.returned(connection, Q1, position)
    return next(one for one in found if one.code == unit and one.form == "branch-quarterly")


def test_a_valid_return_counts_at_once_and_is_put_before_the_level_above(office: Office) -> None:
    sent = office.send({"nominees": [AN]})
    assert state(office, sent.submission) == ("submitted", True)
    (to,) = office.query("select body #>> '{data,to}' as unit from events.event where type = 'SubmissionSubmitted'")
    assert to.unit == office.unit("28756")
    assert (returned(office).state, returned(office).newest, returned(office).counts) == ("on_time", "submitted", True)


def test_what_is_given_back_counts_no_more_until_a_revision_does(office: Office) -> None:
    sent = office.send({"nominees": [AN], "membership": membership(20)})
    reviewing.give_back(office.context, sent.submission, "implausible", "Xem lại số của Trần Văn Nam")
    assert state(office, sent.submission) == ("returned", False)
    assert not {"identified", "members"} & office.figures().keys()
    assert (returned(office).state, returned(office).counts) == ("returned", False)
    again = office.send({"nominees": [AN], "membership": membership(21)})
    assert state(office, again.submission) == ("submitted", True)
    assert (office.figures()["identified"], office.figures()["members"]) == (1, 21)
    assert office.query("select count(distinct subject) as n from vault.subject")[0].n == 1
    assert rebuild(office.context.engine).differing == ()


def test_the_words_of_a_return_lie_in_the_vault_and_go_with_the_person_they_name(office: Office) -> None:
    sent = office.send({"nominees": [BINH]})
    other = office.send({"nominees": [AN]}, unit="28756-02")
    reviewing.give_back(office.context, sent.submission, "implausible", "Hỏi lại chị Trần Thị Bình")
    reviewing.give_back(office.context, other.submission, "incomplete", "Thiếu số liệu")
    found = audit.trace(office.context, sent.submission, "tester")
    assert isinstance(found, audit.SubmissionTrace)
    assert [change.state for change in found.states] == ["received", "valid", "submitted", "returned"]
    assert (found.comment, found.states[-1].reason) == ("Hỏi lại chị Trần Thị Bình", "implausible")
    bodies = office.query("select string_agg(body::text, '') as all from events.event")[0].all
    assert "Hỏi lại" not in bodies
    (row,) = office.query("select subject::text from nominee where submission = :s limit 1", s=sent.submission)
    erase(office.context, row.subject, "request_of_the_person")
    with office.context.engine.connect() as connection:
        assert vault.comment(connection, office.context.keystore, sent.submission) is None
        assert vault.comment(connection, office.context.keystore, other.submission) == "Thiếu số liệu"


def test_a_return_on_which_others_rest_is_not_given_back_before_them(office: Office) -> None:
    first = office.send({"nominees": [AN]})
    second = office.send({"steps": [vote(AN, date(2025, 4, 10))]}, period="2025Q2")
    with pytest.raises(RefusedError) as refused:
        reviewing.give_back(office.context, first.submission, "implausible")
    assert (refused.value.key, refused.value.details["returns"]) == ("others_rest_on_it", "28756-01 2025Q2")
    assert state(office, first.submission) == ("submitted", True)
    reviewing.withdraw(office.context, second.submission, "sent_in_error")
    reviewing.give_back(office.context, first.submission, "implausible")
    assert state(office, second.submission) == ("withdrawn", False)
    assert not {"identified", "voted"} & office.figures("2025H1").keys()


def test_a_policy_lets_a_return_count_only_when_it_was_accepted(office: Office) -> None:
    policies.lay_down(office.context, "review", "when_accepted", date(2025, 1, 1), unit="829", form="branch-quarterly")
    sent = office.send({"nominees": [AN]})
    elsewhere = office.send({"nominees": [BINH]}, unit="28807-01")
    assert (state(office, sent.submission), state(office, elsewhere.submission)) == (
        ("submitted", False),
        ("submitted", True),
    )
    assert (returned(office).state, office.figures()["identified"]) == ("waiting", 1)
    waiting = reviewing.waiting(office.context, Q1, "829")
    assert waiting == [sent.submission]
    (reviewed,) = reviewing.accept(office.context, waiting)
    assert (reviewed.refused, state(office, sent.submission)) == (None, ("accepted", True))
    assert (returned(office).state, office.figures()["identified"]) == ("on_time", 2)
    assert reviewing.accept(office.context, waiting)[0].repeated
    assert rebuild(office.context.engine).differing == ()


def test_what_was_accepted_counts_until_its_revision_is_accepted_too(office: Office) -> None:
    policies.lay_down(office.context, "review", "when_accepted", date(2025, 1, 1), kind="branch")
    first = office.send({"membership": membership(10)})
    reviewing.accept(office.context, [first.submission])
    second = office.send({"membership": membership(11)})
    third = office.send({"membership": membership(12)})
    assert state(office, second.submission) == ("superseded", False)
    assert (office.figures()["members"], state(office, first.submission)) == (10, ("accepted", True))
    reviewing.accept(office.context, [third.submission])
    assert (office.figures()["members"], state(office, first.submission)) == (12, ("superseded", False))


def test_what_contradicts_the_others_by_now_is_not_accepted(office: Office) -> None:
    policies.lay_down(office.context, "review", "when_accepted", date(2025, 1, 1), unit="829")
    waiting = office.send({"nominees": [AN]})
    assert office.send({"nominees": [AN]}, unit="28807-01").valid
    (reviewed,) = reviewing.accept(office.context, [waiting.submission])
    assert reviewed.refused is not None
    assert (reviewed.refused.key, reviewed.refused.details["codes"]) == ("accepting_breaks", "nominee.elsewhere")
    assert state(office, waiting.submission) == ("submitted", False)


def test_only_what_stands_can_be_reviewed(office: Office) -> None:
    invalid = office.send({"nominees": [{**AN, "sex": "?"}]})
    for act in (reviewing.give_back, reviewing.withdraw):
        with pytest.raises(UsageError, match="unknown_reason"):
            act(office.context, invalid.submission, "no_reason")
    with pytest.raises(RefusedError, match="not_to_be_reviewed"):
        reviewing.give_back(office.context, invalid.submission, "incomplete")
    unknown = ["01a00000-0000-7000-8000-000000000000", "no id"]
    for submission in unknown:
        with pytest.raises(UsageError, match="unknown_submission"):
            reviewing.give_back(office.context, submission, "incomplete")
    reasons = [
        one.refused.key for one in reviewing.accept(office.context, [invalid.submission, *unknown]) if one.refused
    ]
    assert reasons == ["not_to_be_reviewed", "unknown_submission", "unknown_submission"]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"policy": "colour"}, "unknown_policy"),
        ({"value": "never"}, "unknown_policy_value"),
        ({"form": "poem"}, "unknown_form"),
        ({"kind": "canton"}, "unknown_unit_kind"),
        ({"unit": "9999"}, "unknown_unit"),
    ],
)
def test_a_policy_that_cannot_be_is_refused(office: Office, changes: dict[str, str], key: str) -> None:
    asked = {"policy": "review", "value": "at_once", **changes}
    with pytest.raises(UsageError, match=key):
        policies.lay_down(office.context, asked.pop("policy"), asked.pop("value"), date(2025, 1, 1), **asked)


def test_the_narrower_policy_goes_before_the_wider_and_the_later_before_the_earlier(office: Office) -> None:
    lay_down = policies.lay_down
    lay_down(office.context, "review", "when_accepted", date(2025, 1, 1))
    lay_down(office.context, "review", "at_once", date(2025, 1, 1), unit="28756")
    lay_down(office.context, "review", "when_accepted", date(2025, 4, 1), unit="28756")
    assert state(office, office.send({}).submission) == ("submitted", True)
    assert state(office, office.send({}, unit="28807-01").submission) == ("submitted", False)
    assert state(office, office.send({}, period="2025Q2").submission) == ("submitted", False)
    (review,) = (one for one in policies.listed(office.context, date(2025, 4, 1)) if one.policy.name == "review")
    assert [review.codes.get(one.unit or "") for one in review.laid_down] == ["28756", "28756", None]
