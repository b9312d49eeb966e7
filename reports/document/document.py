"""The report as a document of the Union's form (guidance 29-HD/TWĐTN-VP of 2013): what DOCX and PDF both lay out."""

from dataclasses import dataclass

from reports.content.blocks import Block
from reports.content.parts import printable
from reports.content.view import Content, look
from reports.document.body import compose_body
from schemas.messages.translation import Language

_BRANCH_LEVEL = 4


@dataclass(frozen=True, slots=True)
class Document:
    """A document from its letterhead to its recipients."""

    superior: str
    issuer: str
    number: str
    unions: str
    place_date: str
    title: str
    subject: str
    period: str
    notice: str
    blocks: tuple[Block, ...]
    signature: tuple[str, ...]
    recipients_title: str
    recipients: tuple[str, ...]
    footer: str
    page: str
    language: Language


def compose(content: Content, language: Language) -> Document:
    """The document for a content. The day of issue is left blank: it is written by hand when the report is signed."""
    view = look(content, language)
    say, unit = view.text, content["unit"]
    is_province = unit["level"] == 1
    superior = printable((content["superior"] or {}).get("name", ""))
    place = unit.get("place")
    usual = say("document.recipients_other" if superior else "document.recipients_alone", superior=superior).split("|")
    recipients = content["recipients"] or usual
    committee = "branch" if unit["level"] >= _BRANCH_LEVEL else "committee"
    return Document(
        superior=superior.upper(),
        issuer=view.top.name.upper(),
        number=say("document.number", office=say(f"document.office_{'province' if is_province else 'other'}")),
        unions=say("unions"),
        place_date=say("document.place_date", place=place) if place else say("document.date_only"),
        title=say("title"),
        subject=say("subject"),
        period=view.period[0].upper() + view.period[1:],
        notice=view.status if content["status"] == "preliminary" else "",
        blocks=compose_body(view),
        signature=(say(f"document.on_behalf_{committee}"), say("document.office")),
        recipients_title=say("document.recipients"),
        recipients=(*map(printable, recipients), say("document.recipients_file")),
        footer=view.footer,
        page=say("page"),
        language=language,
    )
