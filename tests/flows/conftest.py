"""An office on a database of its own."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.flows.office import Office


@pytest.fixture
def office(fresh_database: Engine, tmp_path: Path) -> Office:
    """A small province, its keys, and a desk to send workbooks from."""
    return Office.open(fresh_database.url.render_as_string(hide_password=False), tmp_path)
