"""Which witnesses this log asks, and how many of them must have cosigned: `HOME/witnesses`, or NGUON_WITNESSES.

A line is `vkey url`, or `quorum K`; blank lines and lines that begin with # say nothing. In NGUON_WITNESSES, which
goes before the file, `;` ends a line as well.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from events.errors import NguonError, RefusedError, UsageError
from events.files import put
from events.proof.signers import KeyKind, NoteError, VerifierKey
from flows.settings import PREFIX, Settings

FILE = "witnesses"
VARIABLE = f"{PREFIX}WITNESSES"
_QUORUM = re.compile(r"quorum ([0-9]{1,3})")


@dataclass(frozen=True)
class Witness:
    """A witness: the key by which it cosigns, and the prefix of its address, without a slash at the end."""

    key: VerifierKey
    url: str

    def __str__(self) -> str:
        return f"{self.key} {self.url}"


@dataclass(frozen=True)
class Witnesses:
    """Those that are asked, and how many of them must have cosigned for a checkpoint to be believed (0: none)."""

    all: tuple[Witness, ...] = ()
    quorum: int = 0

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """Their keys."""
        return tuple(each.key for each in self.all)


def configured(settings: Settings) -> Witnesses:
    """The witnesses as they are set; raises UsageError `witness_line` with the number of a line that is wrong."""
    if settings.witnesses is not None:
        return parse(settings.witnesses.replace(";", "\n"), VARIABLE)
    path = _file(settings)
    try:
        return parse(path.read_text(), path)
    except FileNotFoundError:
        return Witnesses()
    except UnicodeDecodeError:
        raise UsageError("witness_line", place=path, line=1) from None
    except OSError as failure:
        raise NguonError("file_unreadable", file=path, reason=failure.strerror) from None


def parse(text: str, place: object) -> Witnesses:
    """Read the lines; raises UsageError `witness_line`, `witness_quorum` where fewer are named than are required."""
    found: dict[VerifierKey, Witness] = {}
    quorum = 0
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if not line or line.startswith("#"):
            continue
        if stated := _QUORUM.fullmatch(line):
            quorum = int(stated[1])
            continue
        try:
            key, url = line.split()
            one = witness(key, url)
        except (ValueError, NoteError, UsageError):
            raise UsageError("witness_line", place=place, line=number) from None
        found[one.key] = one
    if quorum > len(found):
        raise UsageError("witness_quorum", place=place, quorum=quorum, count=len(found))
    return Witnesses(tuple(found.values()), quorum)


def witness(vkey: str, url: str) -> Witness:
    """A witness by its vkey and address.

    Raises NoteError `verifier_malformed`; UsageError `witness_key` for a key that is no witness's, `witness_url`.
    """
    key = VerifierKey.parse(vkey)
    if key.kind is not KeyKind.COSIGNATURE:
        raise UsageError("witness_key", name=key.name)
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and not parts.query and not parts.fragment
        good = good and parts.port != 0 and not any(each.isspace() for each in url)
    except ValueError:
        good = False
    if not good:
        raise UsageError("witness_url", url=url)
    return Witness(key, url.rstrip("/"))


def add(settings: Settings, vkey: str, url: str, quorum: int | None = None) -> Witnesses:
    """Ask this witness as well, from now on, or at this address; and require so many cosignatures, where that is said.

    Raises as `witness` and `configured` do; RefusedError `witnesses_set_outside` where the environment names them.
    """
    if settings.witnesses is not None:
        raise RefusedError("witnesses_set_outside", variable=VARIABLE)
    one, before = witness(vkey, url), configured(settings)
    kept = {each.key: each for each in before.all} | {one.key: one}
    required = before.quorum if quorum is None else quorum
    path = _file(settings)
    lines = [f"quorum {required}", *map(str, kept.values())] if required else [*map(str, kept.values())]
    after = parse("\n".join(lines), path)
    try:
        put(path, "".join(f"{line}\n" for line in lines).encode())
    except OSError as failure:
        raise NguonError("file_unwritable", path=path, reason=failure.strerror) from failure
    return after


def _file(settings: Settings) -> Path:
    return settings.home / FILE
