"""The kinds of value that an event may hold. Every string is bounded by a pattern, so no free text gets in."""

from typing import Annotated

from msgspec import Meta

Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")]
"""A random or time-ordered identifier of ours; means nothing outside."""

Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_.-]{0,63}\Z")]
"""A term of one of our own closed lists."""

Actor = Annotated[
    str,
    Meta(
        pattern=r"^((command|flow)\.[a-z][a-z0-9_-]{0,63}"
        r"|account\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\Z"
    ),
]
"""Who acts: `account.` and an account's id where there is one, else the `command.` or the `flow.` by its name."""

PeriodCode = Annotated[str, Meta(pattern=r"^\d{4}(Q[1-4]|H[12]|-\d{4}|-\d\d-\d\d\.\.\d{4}-\d\d-\d\d)?\Z")]
"""A reporting period as people write it."""

Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""SHA-256, hexadecimal: a salted commitment, a root, or the hash of a report's content."""

Signature = Annotated[str, Meta(pattern=r"^[0-9a-f]{128}\Z")]
"""An Ed25519 signature, hexadecimal."""

DocumentNumber = Annotated[str, Meta(pattern=r"^\d{1,6}(/\d{4})?[/-][A-ZĐ]{1,6}\d{0,2}([/-][A-ZĐ0-9-]{1,24})?\Z")]
"""The number of an official document: 12-NQ/ĐTN, 1326/2022-QĐ, or as the state writes it, 1687/NQ-UBTVQH15."""

Cell = Annotated[str, Meta(pattern=r"^[A-Z]{1,2}\d{1,7}\Z")]
"""A cell's address, never its value."""

UnitCode = Annotated[str, Meta(pattern=r"^[0-9A-ZĐ]{1,8}([.-][0-9A-ZĐ]{1,8}){0,5}\Z")]
"""An official or organisational code of a unit."""

UnitName = Annotated[str, Meta(min_length=2, max_length=200)]
"""The public name of an organisation: the one text that is taken from outside as it stands."""

PolicyValue = Annotated[str, Meta(pattern=r"^((?![0-9]{9})[^\x00-\x1f\x7f@]){1,2000}\Z")]
"""What an office laid down, as it is written: numbers, days, our own codes, public names of offices and of terms."""

StreamName = Annotated[str, Meta(pattern=r"^[a-z]+-[A-Za-z0-9.-]{1,120}\Z")]
"""A kind of thing and its id, such as nomination-019a…; a return's stream ends with its period."""

Version = Annotated[str, Meta(pattern=r"^\d+\.\d+\.\d+[a-z0-9.+]*\Z")]
"""A version of this software."""

Count = Annotated[int, Meta(ge=0, le=100_000_000)]
Year = Annotated[int, Meta(ge=1900, le=2200)]
