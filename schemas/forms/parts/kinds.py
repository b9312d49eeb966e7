"""Kinds of unit that owe one thing together (`UNIT_KIND`): the levels of the letter 2164-CV/TĐTN-TCKT."""

BRANCHES = frozenset({"branch"})
GRASSROOTS = frozenset({"commune", "grassroots", "school"})
DISTRICTS = frozenset({"district", "bloc", "police", "equivalent"})
PROVINCE = frozenset({"province"})
