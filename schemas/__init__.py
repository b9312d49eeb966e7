"""The contracts: forms, vocabularies, periods, rules, findings, indicators."""
