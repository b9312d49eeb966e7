"""The log's Merkle tree in the database: tiles brought up to the head, and proofs read back from them."""

from collections.abc import Iterable, Iterator
from itertools import batched, chain

from psycopg2.extras import execute_values
from sqlalchemy import Connection

from events.database import cursor_of
from events.errors import RefusedError
from events.merkle import HASH_SIZE
from events.proofs import Range, consistency_ranges, hashes_of, head_ranges, inclusion_ranges, tiles_for
from events.tiles import TILE_HEIGHT, TILE_WIDTH, Tile, TileReader
from events import merkle, tiles
