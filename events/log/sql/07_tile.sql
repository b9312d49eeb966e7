-- Grain: one row per tile of the Merkle tree over the leaf hashes. A projection of the log: `events.grow_tree` writes
-- it, and nobody else.
create table events.tile (
    level smallint not null,
    number bigint not null,
    hashes bytea not null,
    constraint tile_pkey primary key (level, number),
    constraint tile_hashes check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0)
);
alter table events.tile alter column hashes set storage external;
comment on table events.tile is 'One row per tile of the Merkle tree: up to 256 hashes of one level, side by side.';
comment on column events.tile.level is 'Height of the tile: its hashes stand over 256^level leaves each.';
