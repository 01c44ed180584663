-- The event log: the system of record. Rows are only ever added.
--
-- data and metadata are json, not jsonb: jsonb reorders keys, merges equal ones, rewrites numbers and refuses \u0000.
-- json keeps the very text that was written, so that its bytes can be hashed and checked later.
--
-- The total order is (transaction_id, global_position). global_position alone is taken before the commit, and commits
-- land in any order; a reader that passed a number whose transaction was still open would never see its event.
create table events (
  transaction_id  xid8           not null,
  global_position bigint         not null generated always as identity,
  stream          text           not null,
  revision        integer        not null check (revision >= 0),
  id              uuid           not null constraint events_id unique,
  type            text           not null,
  data            json           not null,
  metadata        json           not null,
  recorded_at     timestamptz(3) not null,
  constraint events_stream_revision primary key (stream, revision)
);

create unique index events_total_order on events (transaction_id, global_position);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the event log is append-only: % is refused', lower(tg_op) using errcode = 'insufficient_privilege';
end
$$;

create trigger events_append_only before update or delete or truncate on events
  for each statement execute function refuse_change();
alter table events enable always trigger events_append_only;

-- Appends a batch, or says why not, in one round trip and without an error.
--
-- expected: null for any revision, -1 for an empty stream.
-- outcome:  'appended'; 'repeated': all ids are known as this batch; 'clash': some are, or otherwise; 'conflict': the
--           stream stands at `revision` instead; 'raced': another writer took the place, and any other place would do.
create function append_events(
  p_stream text, p_expected integer, p_ids uuid[], p_types text[], p_data json[], p_metadata json[],
  out outcome text, out revision integer, out transaction_id text, out global_position bigint
) language plpgsql
-- The plans are made once per connection, perhaps on a table still empty and without statistics: a scan of the whole
-- table, cheap on that day, would stay and make every append slower than the last.
set enable_seqscan = off
as $$
declare
  v_size constant integer := cardinality(p_ids);
  v_known record;
begin
  -- A stream's later event must have the later transaction id: the revision is read first, the id taken after, and a
  -- transaction that lost a race does not try again.
  if pg_current_xact_id_if_assigned() is not null then
    raise exception 'append_events must be the first write of its transaction';
  end if;

  select coalesce(max(e.revision), -1) into revision from events e where e.stream = p_stream;
  if (p_expected is null or p_expected = revision)
     and (v_size = 1 or not exists (select from events e where e.id = any (p_ids))) then
    revision := revision + 1;
    insert into events as e (transaction_id, stream, revision, id, type, data, metadata, recorded_at)
    values (pg_current_xact_id(), p_stream, append_events.revision, p_ids[1], p_types[1], p_data[1], p_metadata[1],
            clock_timestamp())
    on conflict do nothing
    returning e.transaction_id::text, e.global_position into transaction_id, global_position;
    if found then
      outcome := 'appended';
      -- Whoever holds the first revision holds the next ones too: nobody starts behind what is not committed.
      if v_size > 1 then
        with rest as (
          insert into events as e (transaction_id, stream, revision, id, type, data, metadata, recorded_at)
          select pg_current_xact_id(), p_stream, append_events.revision + b.n, b.id, b.type, b.data, b.metadata,
                 clock_timestamp()
            from unnest(p_ids[2:], p_types[2:], p_data[2:], p_metadata[2:])
                 with ordinality as b (id, type, data, metadata, n)
           order by b.n
          returning e.global_position
        )
        select max(r.global_position) into global_position from rest r;
        revision := revision + v_size - 1;
      end if;
      return;
    end if;
  end if;

  select count(*) as events,
         bool_and(e.stream = p_stream) as here,
         max(e.revision - k.n) - min(e.revision - k.n) as disorder,
         max(e.revision) as revision
    into v_known
    from unnest(p_ids) with ordinality as k (id, n) join events e on e.id = k.id;
  if v_known.events = 0 then
    outcome := case when p_expected is null then 'raced' else 'conflict' end;
    select coalesce(max(e.revision), -1) into revision from events e where e.stream = p_stream;
  elsif v_known.events = v_size and v_known.here and v_known.disorder = 0 then
    select 'repeated', e.revision, e.transaction_id::text, e.global_position
      into outcome, revision, transaction_id, global_position
      from events e where e.stream = p_stream and e.revision = v_known.revision;
  else
    outcome := 'clash';
  end if;
end
$$;
