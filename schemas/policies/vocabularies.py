"""Closed lists as they stand from a day on: which of our terms are in use, and what they are called.

A term's code means one thing for ever, so that figures of several years can be compared; an office may stop to use
one, and call it by its own name. What is asked of a workbook is what is in use on its period's last day.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from schemas.messages.translation import Language
from schemas.policies.in_force import Rules
from schemas.policies.policy import Policy, always
from schemas.text import fold
from schemas.vocabulary.terms import ACTIVITY, GRADE, SOURCE_GROUP, Text, Vocabulary

InUse: TypeAlias = "dict[str, str | None]"
"""Codes in use, in their order; a name of the office's own, or None for ours."""


def _read(vocabulary: Vocabulary) -> Callable[[str], InUse]:
    def read(written: str) -> InUse:
        found: InUse = {}
        for part in written.split(";"):
            code, given, title = (piece.strip() for piece in part.partition("="))
            if code not in vocabulary.terms or code in found or (given and not 2 <= len(title) <= 200):
                raise ValueError
            found[code] = title or None
        titles = [title or vocabulary.terms[code].vi for code, title in found.items()]
        if len({fold(title) for title in titles}) < len(titles):
            raise ValueError
        return found

    return read


def _say(vocabulary: Vocabulary) -> Callable[[InUse, Language], str]:
    def say(value: InUse, language: Language) -> str:
        return "; ".join(title or vocabulary.terms[code](language) for code, title in value.items())

    return say


def _policy(name: str, title: Text, vocabulary: Vocabulary) -> Policy[InUse]:
    codes = "; ".join(vocabulary.terms)
    return Policy(
        name,
        title,
        Text(
            f"mã, hoặc mã=tên gọi, cách nhau bằng dấu chấm phẩy; các mã: {codes}",
            f"codes, or code=name, separated by semicolons; codes: {codes}",
        ),
        _read(vocabulary),
        always(dict.fromkeys(vocabulary.terms)),
        _say(vocabulary),
        of="root",
    )


SOURCE_GROUPS = _policy("source_groups", Text("Các nhóm nguồn", "Source groups"), SOURCE_GROUP)
ACTIVITIES = _policy("activities", Text("Các loại hoạt động, phong trào", "Kinds of activity, movements"), ACTIVITY)
GRADES = _policy("grades", Text("Các mức xếp loại tổ chức", "Grades of organisations"), GRADE)

_OURS = {vocabulary.key: vocabulary for vocabulary in (SOURCE_GROUP, ACTIVITY, GRADE)}

IN_USE: dict[str, Policy[InUse]] = {SOURCE_GROUP.key: SOURCE_GROUPS, ACTIVITY.key: ACTIVITIES, GRADE.key: GRADES}
"""The policy for the terms of a vocabulary, by that vocabulary's key."""


NO_TITLES: Mapping[str, Mapping[str, str]] = {}


def titles(rules: Rules) -> dict[str, dict[str, str]]:
    """By vocabulary, every name that an office ever gave to a term, in one spelling, and the term's code.

    One name never stands for two terms (`taken`), so that a workbook can be read before it is known whose it is.
    """
    return {
        key: {fold(title): code for value in rules.values(policy) for code, title in value.items() if title}
        for key, policy in IN_USE.items()
    }


def taken(policy: Policy[InUse], value: InUse, rules: Rules) -> str | None:
    """A name in a value that stands for another term already, ours or an office's; None if there is none."""
    key = next(key for key, of in IN_USE.items() if of is policy)
    known = titles(rules)[key] | {fold(t): code for code, ours in _OURS[key].terms.items() for t in ours}
    return next((title for code, title in value.items() if title and known.get(fold(title), code) != code), None)


def named(vocabulary: Vocabulary, in_use: Mapping[str, InUse]) -> Vocabulary:
    """A list with only the terms that are in use, called as the office calls them; `in_use` by vocabulary."""
    known = in_use.get(vocabulary.of)
    if known is None:
        return vocabulary
    terms = {
        code: Text(title, title) if (title := known[code]) else vocabulary.terms[code]
        for code in known
        if code in vocabulary.terms
    }
    return Vocabulary(vocabulary.key, vocabulary.title, terms, vocabulary.part_of)
