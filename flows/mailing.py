"""Signed checkpoints by e-mail, once a day: in the mailboxes of others, nobody here can take them back."""

import smtplib
import ssl
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import make_msgid
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from events.errors import NguonError, TransientError, UsageError
from events.files import put
from events.proof.checkpoint import Checkpoint
from events.proof.note import Note
from flows import outside
from flows.settings import Settings
from flows.terminal.wording import say

PATIENCE = 20
"""Seconds that a mail server may take."""

_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def send_checkpoint(settings: Settings, note: Note) -> list[NguonError]:
    """Send a checkpoint to those whom the settings name, unless one was sent today or this one was; what prevented it.

    It is sent again where sending, or remembering it, was cut off: twice is no harm, never would be.
    """
    if not settings.checkpoint_mail:
        return []
    size, remembered = Checkpoint.parse(note.text).size, outside.folder(settings) / "sent"
    now = f"{datetime.now(UTC):%Y-%m-%d} {size}"
    try:
        day, _, sent = remembered.read_text().partition(" ") if remembered.exists() else ("", "", "")
        if now.startswith(day or "?") or sent == str(size):
            return []
        _send(settings, note)
        put(remembered, now.encode())
    except NguonError as trouble:
        return [trouble]
    except OSError as failure:
        return [NguonError("file_unwritable", path=remembered, reason=failure.strerror)]
    return []


def _send(settings: Settings, note: Note) -> None:
    """Raises UsageError `smtp_missing`, `smtp_malformed`; TransientError `mail_unsent`."""
    if settings.smtp is None:
        raise UsageError("smtp_missing")
    server = urlsplit(settings.smtp.get_secret_value())
    if server.scheme not in _PORTS or not server.hostname:
        raise UsageError("smtp_malformed")
    checkpoint = Checkpoint.parse(note.text)
    mail = EmailMessage()
    sender = parse_qs(server.query).get("from", [settings.checkpoint_mail[0]])[0]
    mail["From"], mail["To"] = sender, ", ".join(settings.checkpoint_mail)
    mail["Subject"] = say("mail.checkpoint_subject", origin=checkpoint.origin, size=checkpoint.size)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or None)
    mail.set_content(say("mail.checkpoint_body", origin=checkpoint.origin, size=checkpoint.size))
    mail.add_attachment(note.encode(), "application", "octet-stream", filename=f"{checkpoint.size:012}.checkpoint")
    try:
        with _connected(server) as connection:
            if server.username:
                connection.login(unquote(server.username), unquote(server.password or ""))
            connection.send_message(mail)
    except (OSError, smtplib.SMTPException, ValueError) as failure:
        raise TransientError("mail_unsent", host=server.hostname, reason=type(failure).__name__) from None


def _connected(server: SplitResult) -> smtplib.SMTP:
    host, port = server.hostname or "", server.port or _PORTS[server.scheme]
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=ssl.create_default_context())
    connection = smtplib.SMTP(host, port, timeout=PATIENCE)
    if server.scheme == "smtp+tls":
        connection.starttls(context=ssl.create_default_context())
    return connection
