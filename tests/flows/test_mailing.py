"""Signed checkpoints in the mailboxes of others, through a mail server that is a real one."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr

from events.proof.note import Note
from flows import checkpoints, mailing
from flows.context import Context
from flows.orchestration import signing_off
from tests.events.logs import fill
from tests.flows.office import Office

PASSWORD = "mat/khau@1"


pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")


@dataclass
class Mailbox:
    """What a mail server took in."""

    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)
    refuses: bool = False

    async def handle_DATA(  # noqa: N802 (so the library calls it)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.refuses:
            return "554 not today"
        self.envelopes.append(envelope)
        return "250 taken"

    def authenticate(self, server: object, session: object, envelope: object, kind: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=(data.login, data.password) == (b"nguon", PASSWORD.encode()))

    @property
    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(bytes(each.content), policy=policy.default) for each in self.envelopes]  # type: ignore


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        box.port = free.getsockname()[1]
    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=box.port,
        authenticator=box.authenticate,
        auth_require_tls=False,
        auth_required=True,
    )
    controller.start()
    yield box
    controller.stop()


def posted(office: Office, port: int, password: str = PASSWORD) -> Context:
    """The same office, which mails its checkpoints."""
    from urllib.parse import quote

    update = {
        "checkpoint_mail": ("party@example.vn", "auditor@example.vn"),
        "smtp": SecretStr(f"smtp://nguon:{quote(password, safe='')}@127.0.0.1:{port}?from=nguon@example.vn"),
    }
    context = Context(office.context.settings.model_copy(update=update), office.context.actor)
    vars(context)["engine"] = office.context.engine
    return context


def test_the_newest_checkpoint_goes_out_once_a_day(office: Office, mailbox: Mailbox) -> None:
    context = posted(office, mailbox.port)
    size = signing_off.sign_off(context)
    fill(context.engine, 1)
    assert signing_off.sign_off(context) == size + 1
    (letter,) = mailbox.letters
    assert mailbox.envelopes[0].rcpt_tos == ["party@example.vn", "auditor@example.vn"]
    assert letter["From"] == "nguon@example.vn" and str(size) in letter["Subject"]
    (attached,) = letter.iter_attachments()
    note = Note.parse(attached.get_content())
    assert attached.get_filename() == f"{size:012}.checkpoint"
    with context.engine.connect():
        known = checkpoints.latest(context).keys
    assert known.open(note)[0].size == size
    (context.settings.home / "checkpoints" / "sent").write_text(f"2026-01-01 {size}")
    signing_off.sign_off(context)
    assert [str(size + 1) in each["Subject"] for each in mailbox.letters] == [False, True]


def test_what_cannot_be_sent_is_told_and_tried_again(
    office: Office, mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    mailbox.refuses = True
    context = posted(office, mailbox.port)
    size = signing_off.sign_off(context)
    assert "NGUON_SMTP" in capsys.readouterr().err
    mailbox.refuses = False
    assert signing_off.sign_off(context) == size
    assert len(mailbox.letters) == 1 and capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "server", [None, "imap://127.0.0.1", "smtp://", "smtp://127.0.0.1:1", "smtps://127.0.0.1:{port}"]
)
def test_a_mail_server_that_is_none_stops_no_signing(
    office: Office, mailbox: Mailbox, server: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "PATIENCE", 1)
    smtp = server and SecretStr(server.format(port=mailbox.port))
    settings = office.context.settings.model_copy(update={"checkpoint_mail": ("a@example.vn",), "smtp": smtp})
    signed = checkpoints.sign(office.context)
    (trouble,) = mailing.send_checkpoint(settings, signed.note)
    assert trouble.key in ("smtp_missing", "smtp_malformed", "mail_unsent")
    assert trouble.exit_code in (2, 3)


def test_a_wrong_password_is_told_and_is_nowhere(
    office: Office, mailbox: Mailbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailing, "PATIENCE", 1)
    signing_off.sign_off(posted(office, mailbox.port, "sai-roi"))
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "sai" not in said and mailbox.letters == []
