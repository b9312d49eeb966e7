-- Grain: one row per size of the log that was signed. The note is the record, the other columns are its index. Whether a
-- signature is good only a key can tell; that it is one, that the note can be read, and what it states, is seen here.
create table events.signed_checkpoint (
    size bigint not null,
    number integer not null,
    root bytea not null,
    note text not null,
    constraint signed_checkpoint_pkey primary key (size),
    constraint signed_checkpoint_number_key unique (number),
    constraint signed_checkpoint_states check (
        split_part(note, E'\n', 2) = size::text and split_part(note, E'\n', 3) = encode(root, 'base64')
        and length(root) = 32
    ),
    -- As C2SP signed-note has it: a text, an empty line, and lines of name and canonical base64 of more than four bytes.
    constraint signed_checkpoint_note check (
        note !~ E'[\x01-\x09\x0b-\x1f]'
        and note ~ '^[^\n]+\n[0-9]+\n[A-Za-z0-9+/]{43}=\n([^\n]+\n)*\n(— [^\s+]+ [A-Za-z0-9+/]{4}([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)\n)+$'
        and length(note) - length(replace(note, E'\n— ', E'\n ')) <= 100
    )
);
comment on table events.signed_checkpoint is 'One row per signed checkpoint of the log: a C2SP note and what it states.';
comment on column events.signed_checkpoint.number is 'Counts from 1 without a gap, so that a lost checkpoint is missed.';
