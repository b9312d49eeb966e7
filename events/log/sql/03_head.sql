-- Grain: one row in all: the last position given out and its time. Its row lock orders all appends.
create table events.head (
    one boolean not null default true,
    position bigint not null,
    recorded_at timestamptz not null,
    constraint head_pkey primary key (one),
    constraint head_one check (one)
);
insert into events.head (position, recorded_at) values (0, '2000-01-01T00:00:00Z');

-- Grain: one row per stretch of the log whose appends took the head's time, since the server's clock stood behind it.
create table events.skew (
    first bigint not null,
    last bigint not null,
    behind interval not null,
    constraint skew_pkey primary key (first),
    constraint skew_stretch check (first <= last and behind > interval '1 second')
);
comment on table events.skew is
    'One row per stretch of appends that took the head''s time, since the server''s clock stood behind it.';
comment on column events.skew.behind is 'How far at most; of a second or less nothing is recorded.';
