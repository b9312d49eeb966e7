"""The contracts: forms, vocabularies, periods, rules, findings, indicators."""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
