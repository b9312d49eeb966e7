"""An exported log is whole, verifies with code that shares nothing with ours, and is carried on where it stopped."""

from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine

from events.errors import RefusedError
from events.proof import merkle_tree, signing
from events.proof.checkpoint import sign_checkpoint
from events.proof.export import export
from events.proof.signers import SigningKey
from tests.events import independent
from tests.events.logs import bodies, fill

KEY = SigningKey.generate("test.example/log")


def exported(engine: Engine, folder: Path) -> int:
    with engine.begin() as connection:
        note = signing.sign_head(connection, KEY)
        return export(connection, folder, note, KEY.verifier)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_exported_log_verifies_with_other_code(fresh_database: Engine, tmp_path: Path) -> None:
    fill(fresh_database, 600)
    exported(fresh_database, tmp_path)
    _, size, root = independent.open_note((tmp_path / "checkpoint").read_bytes(), str(KEY.verifier))
    entries = [
        entry
        for name in ("000", "001", "002.p/88")
        for entry in independent.entries_of((tmp_path / "tile" / "entries" / name).read_bytes())
    ]
    assert size == 600
    assert independent.root_of(entries) == root
    with fresh_database.connect() as connection:
        assert entries == bodies(connection)
    assert set(files(tmp_path)) == {
        "checkpoint",
        *(f"tile/{kind}/{name}" for kind in ("0", "entries") for name in ("000", "001", "002.p/88")),
        "tile/1/000.p/2",
    }


def test_an_export_that_was_cut_short_is_carried_on(fresh_database: Engine, tmp_path: Path) -> None:
    fill(fresh_database, 600)
    with fresh_database.begin() as connection:
        note = signing.sign_head(connection, KEY)

        def stop(done: int, _of: int) -> None:
            if done == 2:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            export(connection, tmp_path, note, KEY.verifier, stop)
        before = files(tmp_path)
        assert "checkpoint" not in before
        assert export(connection, tmp_path, note, KEY.verifier) == 8 - len(before)
        assert export(connection, tmp_path, note, KEY.verifier) == 0
    assert len(files(tmp_path)) == 8


def test_a_log_that_grew_adds_files_and_changes_only_the_checkpoint(fresh_database: Engine, tmp_path: Path) -> None:
    fill(fresh_database, 300)
    exported(fresh_database, tmp_path)
    before = files(tmp_path)
    fill(fresh_database, 300)
    exported(fresh_database, tmp_path)
    after = files(tmp_path)
    assert {name for name in before if before[name] != after[name]} == {"checkpoint"}


def test_every_size_that_was_signed_has_its_partial_tiles_also_in_a_folder_that_is_new(
    fresh_database: Engine, tmp_path: Path
) -> None:
    sizes = [3, 200, 256, 300, 600]
    for more in (3, 197, 56, 44, 300):
        fill(fresh_database, more)
        with fresh_database.begin() as connection:
            note = signing.sign_head(connection, KEY)
    fill(fresh_database, 1)  # recorded, and not signed
    with fresh_database.connect() as connection:
        export(connection, tmp_path, note, KEY.verifier)
        roots = {size: merkle_tree.root(connection, size) for size in sizes}
    partial = {"000.p/3", "000.p/200", "001.p/44", "002.p/88"}
    assert set(files(tmp_path)) == {
        "checkpoint",
        *(f"tile/{kind}/{name}" for kind in ("0", "entries") for name in partial | {"000", "001"}),
        "tile/1/000.p/1",
        "tile/1/000.p/2",
    }
    for size in sizes:
        full, width = divmod(size, 256)
        names = [f"{number:03}" for number in range(full)] + ([f"{full:03}.p/{width}"] if width else [])
        entries = [
            entry
            for name in names
            for entry in independent.entries_of((tmp_path / "tile" / "entries" / name).read_bytes())
        ]
        leaves = b"".join((tmp_path / "tile" / "0" / name).read_bytes() for name in names)
        assert len(entries) == size
        assert leaves == b"".join(sha256(b"\x00" + entry).digest() for entry in entries)
        assert independent.root_of(entries) == roots[size]


def test_an_empty_log_is_a_checkpoint_alone(fresh_database: Engine, tmp_path: Path) -> None:
    exported(fresh_database, tmp_path)
    assert set(files(tmp_path)) == {"checkpoint"}


def test_another_log_is_never_mixed_in(fresh_database: Engine, tmp_path: Path) -> None:
    fill(fresh_database, 3)
    exported(fresh_database, tmp_path)
    other = SigningKey.generate(KEY.name)
    with fresh_database.connect() as connection:
        note = sign_checkpoint(3, merkle_tree.root(connection, 3), other)
        with pytest.raises(RefusedError) as raised:
            export(connection, tmp_path, note, other.verifier)
    assert raised.value.key == "export_foreign"


def test_an_entry_that_no_bundle_holds_is_named_by_its_position(fresh_database: Engine, tmp_path: Path) -> None:
    fill(fresh_database, 600)
    exported(fresh_database, tmp_path / "before")
    with fresh_database.begin() as connection:  # as only a superuser can, and verification tells of
        connection.exec_driver_sql("alter table events.event disable trigger user")
        longer = "update events.event set body = (%s)::json where position = 300"
        connection.exec_driver_sql(longer, ('"' + "x" * 65_534 + '"',))
    with pytest.raises(RefusedError, match="entry_too_long") as refused:
        exported(fresh_database, tmp_path / "after")
    assert refused.value.details["position"] == 300
