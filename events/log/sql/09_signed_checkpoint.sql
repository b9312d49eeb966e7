-- Grain: one row per size of the log that was signed. The note is the record, the other columns are its index.
create table events.signed_checkpoint (
    size bigint not null,
    number integer not null,
    root bytea not null,
    note text not null,
    constraint signed_checkpoint_pkey primary key (size),
    constraint signed_checkpoint_number_key unique (number)
);
comment on table events.signed_checkpoint is 'One row per signed checkpoint of the log: a C2SP note and what it states.';
comment on column events.signed_checkpoint.number is 'Counts from 1 without a gap, so that a lost checkpoint is missed.';
