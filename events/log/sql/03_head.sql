-- Grain: one row in all: the last position given out and its time. Its row lock orders all appends.
create table events.head (
    one boolean not null default true,
    position bigint not null,
    recorded_at timestamptz not null,
    constraint head_pkey primary key (one),
    constraint head_one check (one)
);
insert into events.head (position, recorded_at) values (0, '2000-01-01T00:00:00Z');
