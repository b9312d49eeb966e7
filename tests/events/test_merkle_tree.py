"""The tree in the database is the RFC's tree of the log, however it grew; tiles and checkpoints only ever gain."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from events.errors import RefusedError, UsageError
from events.proof import merkle_tree, signing
from events.proof.checkpoint import open_checkpoint, sign_checkpoint
from events.proof.merkle import EMPTY_ROOT, verify_consistency
from events.proof.note import Note, Signature
from events.proof.signers import KeyKind, NoteError, SigningKey, VerifierKey
from events.proof.tiles import changed_tiles
from tests.events import independent, naive
from tests.events.logs import bodies, fill

KEY = SigningKey.generate("test.example/log")


def grow(engine: Engine) -> int:
    with engine.begin() as connection:
        return merkle_tree.grow(connection)


def sign(engine: Engine, key: SigningKey = KEY) -> Note:
    with engine.begin() as connection:
        return signing.sign_head(connection, key)


def stored(connection: Connection) -> dict[tuple[int, int], bytes]:
    rows = connection.exec_driver_sql("select level, number, hashes from events.tile")
    return {(level, number): bytes(hashes) for level, number, hashes in rows}


@pytest.mark.parametrize("steps", [[700], [1, 254, 1, 1, 300], [256, 256]])
def test_a_tree_that_grew_in_steps_is_the_tree_of_the_log(fresh_database: Engine, steps: list[int]) -> None:
    for count in steps:
        last = fill(fresh_database, count)
        assert grow(fresh_database) == last
        assert grow(fresh_database) == last
    with fresh_database.connect() as connection:
        entries = bodies(connection)
        assert merkle_tree.size(connection) == len(entries) == sum(steps)
        assert merkle_tree.root(connection, len(entries)) == naive.mth(entries)
        widths = {place: len(hashes) // 32 for place, hashes in stored(connection).items()}
    assert widths == {(tile.level, tile.number): tile.width for tile in changed_tiles(0, sum(steps))}


def test_an_empty_log_has_the_empty_tree(fresh_database: Engine) -> None:
    assert grow(fresh_database) == 0
    with fresh_database.connect() as connection:
        assert merkle_tree.root(connection, merkle_tree.size(connection)) == EMPTY_ROOT


def test_every_event_is_proven_in_every_tree_that_has_it(fresh_database: Engine) -> None:
    fill(fresh_database, 600)
    grow(fresh_database)
    with fresh_database.connect() as connection:
        entries = bodies(connection)
        for size in (1, 255, 256, 257, 600):
            root = merkle_tree.root(connection, size)
            for position in (1, size // 2 + 1, size):
                proof = merkle_tree.prove(connection, position, size)
                independent.require_included(entries[position - 1], position, size, proof, root)
        assert merkle_tree.prove_many(connection, [3, 599], 600) == [
            merkle_tree.prove(connection, p, 600) for p in (3, 599)
        ]


def test_later_trees_extend_earlier_ones(fresh_database: Engine) -> None:
    fill(fresh_database, 520)
    grow(fresh_database)
    with fresh_database.connect() as connection:
        for old, new in ((1, 520), (256, 257), (300, 512)):
            proof = merkle_tree.consistency(connection, old, new)
            roots = merkle_tree.root(connection, old), merkle_tree.root(connection, new)
            assert verify_consistency(old, new, proof, *roots)
        with pytest.raises(UsageError) as raised:
            merkle_tree.prove(connection, 521, 520)
        assert raised.value.key == "proof_outside_tree"


def test_single_tiles_are_read_with_all_that_they_have_by_now(fresh_database: Engine) -> None:
    fill(fresh_database, 300)
    grow(fresh_database)
    with fresh_database.connect() as connection:
        read = merkle_tree.reader(connection)
        assert (len(read(0, 0, 5)), len(read(0, 1, 1)), read(0, 2, 1)) == (256 * 32, 44 * 32, b"")


def test_two_processes_that_grow_the_tree_at_once_do_not_collide(fresh_database: Engine) -> None:
    fill(fresh_database, 400)
    together = threading.Barrier(2)

    def one(_: int) -> int:
        together.wait()
        return grow(fresh_database)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(one, range(2))) == [400, 400]
    with fresh_database.connect() as connection:
        assert merkle_tree.root(connection, 400) == naive.mth(bodies(connection))


def test_appending_does_not_wait_for_the_tree(fresh_database: Engine) -> None:
    fill(fresh_database, 10)
    with fresh_database.connect() as growing:
        merkle_tree.grow(growing)
        with ThreadPoolExecutor(1) as pool:
            appending = pool.submit(fill, fresh_database, 5)
            try:
                assert appending.result(timeout=20) == 15
            finally:
                growing.commit()
    assert grow(fresh_database) == 15


@pytest.mark.parametrize(
    "change",
    [
        "update events.tile set hashes = substring(hashes for 32)",
        "update events.tile set hashes = sha256('other') || hashes",
        "update events.tile set number = number + 1, hashes = hashes || hashes",
        "delete from events.tile",
        "truncate events.tile",
        "update events.signed_checkpoint set size = size + 1",
        "update events.signed_checkpoint set note = replace(note, 'test', 'best')",
        "update events.signed_checkpoint set number = 7",
        "delete from events.signed_checkpoint",
        "truncate events.signed_checkpoint",
    ],
)
def test_what_was_hashed_and_signed_stays(fresh_database: Engine, change: str) -> None:
    fill(fresh_database, 5)
    sign(fresh_database)
    with pytest.raises(DBAPIError) as raised, fresh_database.begin() as connection:
        connection.execute(text(change))
    assert getattr(raised.value.orig, "pgcode", None) in ("NG004", "NG005", "NG006")


def test_a_checkpoint_states_the_root_and_is_signed_once_for_a_size(fresh_database: Engine) -> None:
    fill(fresh_database, 3)
    note = sign(fresh_database)
    with fresh_database.connect() as connection:
        root = independent.root_of(bodies(connection))
    assert independent.open_note(note.encode(), str(KEY.verifier)) == ("test.example/log", 3, root)
    assert sign(fresh_database) == note
    fill(fresh_database, 1)
    assert sign(fresh_database) != note
    with fresh_database.connect() as connection:
        rows = connection.exec_driver_sql("select number, size from events.signed_checkpoint order by number").all()
    assert [tuple(row) for row in rows] == [(1, 3), (2, 4)]


def test_nothing_more_is_signed_over_a_log_that_left_its_checkpoint(fresh_database: Engine) -> None:
    fill(fresh_database, 3)
    grow(fresh_database)
    forged = sign_checkpoint(2, b"\x00" * 32, KEY)
    with fresh_database.begin() as connection:
        connection.exec_driver_sql("alter table events.signed_checkpoint disable trigger states_the_tree")
        connection.execute(
            text("insert into events.signed_checkpoint values (2, 1, :root, :note)"),
            {"root": b"\x00" * 32, "note": forged.encode().decode()},
        )
    with pytest.raises(RefusedError) as raised:
        sign(fresh_database)
    assert raised.value.key == "checkpoint_forked"


def test_another_key_does_not_carry_on_a_log(fresh_database: Engine) -> None:
    fill(fresh_database, 3)
    sign(fresh_database)
    fill(fresh_database, 1)
    with pytest.raises(NoteError):
        sign(fresh_database, SigningKey.generate(KEY.name))


def test_a_witness_adds_its_line_and_a_stranger_does_not(fresh_database: Engine) -> None:
    fill(fresh_database, 3)
    note = sign(fresh_database)
    secret = SigningKey.generate("witness.example")
    witness = VerifierKey(secret.name, secret.verifier.public, KeyKind.COSIGNATURE)
    time = 1_780_000_000
    value = time.to_bytes(8) + secret.sign(f"cosignature/v1\ntime {time}\n{note.text}")
    line = str(Signature(witness.name, witness.key_id, value))
    with fresh_database.begin() as connection:
        for _ in range(2):
            cosigned = signing.add_cosignature(connection, 3, line, witness)
        with pytest.raises(NoteError):
            signing.add_cosignature(connection, 3, str(Signature(witness.name, witness.key_id, bytes(72))), witness)
        with pytest.raises(UsageError):
            signing.add_cosignature(connection, 2, line, witness)
    assert len(cosigned.signatures) == 2
    assert open_checkpoint(sign(fresh_database), KEY.verifier, [witness])[1] == {witness: time}
