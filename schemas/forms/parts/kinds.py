"""Kinds of unit that owe one thing together (`UNIT_KIND`): the levels of the letter 2164-CV/TĐTN-TCKT."""

BRANCHES = frozenset({"branch"})
GRASSROOTS = frozenset({"commune", "grassroots", "school"})
DISTRICTS = frozenset({"district", "bloc", "police", "equivalent"})
PROVINCE = frozenset({"province"})


def is_grassroots(kind: str | None, under: str | None) -> bool:
    """Whether a unit of a kind, with a superior of another, is a grassroots organisation.

    So is a branch that stands under no grassroots union but directly under a province, a district or a bloc.
    """
    return kind in GRASSROOTS or (kind in BRANCHES and under in DISTRICTS | PROVINCE)
