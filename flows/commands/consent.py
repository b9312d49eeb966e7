"""`nguon consent`: the second person's yes to an act that needs two; without an id, what waits for it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from flows.terminal.answer import Answer, Table
from flows.terminal.wording import LANGUAGE, explain, say

if TYPE_CHECKING:
    from flows.consenting import Proposal


def consent(
    proposal: Annotated[str | None, Parameter(help=explain("proposal"), show_default=False)] = None, /
) -> Answer:
    """Consent to a proposal, or list those that are open. Raises what `flows.consenting.consent` does."""
    from flows import consenting
    from flows.ready import ready

    context = ready()
    if proposal is not None:
        found = consenting.consent(context, proposal.lower())
        told = say("consent.given", what=_what(found), until=f"{found.until:%d/%m/%Y %H:%M} UTC")
        return Answer({"proposal": found.proposed.proposal, "act": found.proposed.act}, [told])
    now = datetime.now(UTC)
    with context.engine.connect() as connection:
        open_ = [one for one in consenting.proposals(connection) if one.is_open(now)]
        people = {actor for one in open_ for actor in (one.by, one.consented_by) if actor}
        names = consenting.names(connection, people)
    data = {"open": [_as_data(one, names) for one in open_]}
    if not open_:
        return Answer(data, [say("consent.none")])
    headings = [say(f"consent.{key}") for key in ("proposal", "what", "by", "until", "state")]
    rows = [
        (
            one.proposed.proposal,
            _what(one),
            names.get(one.by, one.by),
            f"{one.until:%d/%m/%Y %H:%M} UTC",
            say("consent.ready", by=names.get(by, by)) if (by := one.consented_by) else say("consent.awaited"),
        )
        for one in open_
    ]
    return Answer(data, [Table(headings, rows), say("consent.how")])


def _what(one: "Proposal") -> str:
    """The act and what it is about, in words."""
    from schemas.policies.safety import ACTS

    said = one.proposed
    about = (
        said.subject,
        said.position,
        said.reason,
        said.name,
        said.value,
        said.on and said.on.isoformat(),
        said.order,
    )
    return ": ".join([ACTS.terms[said.act](LANGUAGE), ", ".join(str(each) for each in about if each is not None)])


def _as_data(one: "Proposal", names: Mapping[str, str]) -> dict[str, object]:
    said = one.proposed
    return {
        "proposal": said.proposal,
        "act": said.act,
        "by": one.by,
        "by_name": names.get(one.by),
        "until": one.until.isoformat(),
        "consented_by": one.consented_by,
        "consented_by_name": one.consented_by and names.get(one.consented_by),
        "subject": said.subject,
        "position": said.position,
        "reason": said.reason,
        "name": said.name,
        "value": said.value,
        "from": said.on,
        "unit": said.unit,
        "order": said.order,
    }
