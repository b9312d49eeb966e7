"""An office on a database of its own, and the command line on a home folder with a small tree in it."""

import os
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from events.server import embedded
from tests.flows.nguon import UNITS, Nguon
from tests.flows.office import Office


@pytest.fixture
def office(fresh_database: Engine, tmp_path: Path) -> Office:
    """A small province, its keys, and a desk to send workbooks from."""
    return Office.open(fresh_database.url.render_as_string(hide_password=False), tmp_path)


def new_home() -> Nguon:
    """A home folder that does not exist yet, where the server's account may enter."""
    return Nguon(Path(os.environ["NGUON_TEST_FOLDER"]) / f"home-{uuid4().hex[:8]}")


@pytest.fixture(scope="module")
def nguon() -> Nguon:
    """The command line on a home that is ready, with ten units; its server runs while this process does."""
    made = new_home()
    embedded(made.home)
    assert made("init").returncode == 0
    (made.home / "units.csv").write_text(UNITS, encoding="utf-8")
    loaded = made("units", "load", made.home / "units.csv")
    assert loaded.returncode == 0, loaded.stderr
    return made
