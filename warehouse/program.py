"""Which program this is: what a report says that it was compiled by."""

from importlib.metadata import version


def code_version() -> str:
    """The version of the installed package."""
    return version("nguon")
