-- Grain: one row per event. The body is the record, kept byte for byte; the other columns are its index.
create table events.event (
    position bigint not null,
    stream text not null,
    stream_version integer not null,
    type text not null,
    recorded_at timestamptz not null,
    body json not null,
    leaf_hash bytea not null generated always as (events.leaf(body)) stored,
    constraint event_pkey primary key (position),
    constraint event_stream_key unique (stream, stream_version) include (position)
);
-- Bodies are short and read whole: compression would only cost time.
alter table events.event alter column body set storage external;
-- Events that are few and are looked for by their type: they are found without reading the log.
create index event_seldom on events.event (type, position)
    where type in (
        'HoldPlaced', 'HoldReleased', 'PersonalDataAccessed', 'PositionQuarantined', 'ReportCompiled', 'SubjectErased'
    );
