"""Every form in every version, found by looking through the packages of `schemas.forms`."""

import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module

import schemas.forms
from schemas.forms.form import COVER_SHEET, Form
from schemas.forms.owing import owes
from schemas.periods import Period
from schemas.policies.in_force import USUAL, Rules

_NO_FORMS = {"parts"}


@cache
def found() -> dict[tuple[str, int], Form]:
    """The forms, by key and version, as they are found once; `found.cache_clear()` lets them be looked for again."""
    packages = sorted(
        package.name
        for package in pkgutil.iter_modules(schemas.forms.__path__)
        if package.ispkg and package.name not in _NO_FORMS
    )
    versions: list[Form] = [
        form for name in packages for form in import_module(f"{schemas.forms.__name__}.{name}").VERSIONS
    ]
    forms = {(form.key, form.version): form for form in versions}
    if len(forms) < len(versions):
        raise ValueError(f"two forms of one key and version among {sorted((f.key, f.version) for f in versions)}")
    return forms


class _Family(Mapping[tuple[str, int], Form]):
    def __getitem__(self, key: tuple[str, int]) -> Form:
        return found()[key]

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter(found())

    def __len__(self) -> int:
        return len(found())


FORMS: Mapping[tuple[str, int], Form] = _Family()
"""Every released form, by key and version."""


def keys() -> list[str]:
    """The keys of all forms."""
    return list(dict.fromkeys(key for key, _ in FORMS))


def newest(key: str) -> Form:
    """A form in its newest version; KeyError if there is none of that key."""
    return FORMS[key, max((version for form, version in FORMS if form == key), default=0)]


def owed(kind: str, period: Period, rules: Rules = USUAL, above: Sequence[str] = ()) -> list[Form]:
    """The forms, each in its newest version, that a unit of a kind owes for a period; `above` as in `owing.days`."""
    return [form for form in map(newest, keys()) if owes(form, period, kind, rules, above)]


def about(period: Period) -> list[Form]:
    """The forms, each in its newest version, that are owed for periods of the kind of this one."""
    return [form for form in map(newest, keys()) if form.duty.periods == period.kind]


def periods_within(period: Period) -> list[Period]:
    """The periods inside this one, itself included, for which any form is owed: shorter ones first."""
    return [one for one in period.parts() if about(one)]


def told_cell(key: str, version: int, sheet: str, row: int) -> str | None:
    """Address of the cell that told a fact, by form, version and the fact's place; None where that form is not known.

    The cell is that of the version which stated the fact, whatever later versions look like.
    """
    form = FORMS.get((key, version))
    return form.cell(sheet, row) if form else None


def sheet_title(key: str | None, version: int | None, sheet: str | None) -> str | None:
    """What people call a sheet (its key) of a form's version, `cover` that of any; None where it is not known."""
    if sheet == "cover":
        return COVER_SHEET
    form = FORMS.get((key, version)) if key and version else None
    return next((one.title for one in form.sheets if one.key == sheet), None) if form else None
