"""A home with the keys of the benchmarks, over a database."""

import shutil
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.kit.returns import MATCHING
from events import keys
from events.vault import keystore
from flows.context import Context
from flows.settings import Settings


@contextmanager
def home(engine: Engine) -> Iterator[Context]:
    """A home folder whose people are matched by `returns.MATCHING`, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="nguon-bench-"))
    try:
        secrets = folder / "keys"
        keys.create(secrets, "bench")
        keys.replace_secret(secrets / keys.MATCHING_FILE, b64encode(MATCHING).decode())
        keystore.create(secrets)
        url = engine.url.render_as_string(hide_password=False)
        yield Context(Settings(home=folder, database_url=url), "command.erase")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
