-- What is recorded stays: no UPDATE, DELETE or TRUNCATE for anybody, and no session setting that switches this off.
create function events.refuse_change() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'events are never changed: % refused', tg_op using errcode = 'NG004';
end $$;

create trigger immutable before update or delete or truncate on events.event
    for each statement execute function events.refuse_change();
alter table events.event enable always trigger immutable;

create trigger never_empty before delete or truncate on events.head
    for each statement execute function events.refuse_change();
alter table events.head enable always trigger never_empty;
