-- Every event carries the hash of its predecessor's hash and of its own bytes: src/application/ports/event-chain.ts has
-- the rule. The hash is made here, in the transaction that decides the event's revision.
create function event_hash(
  p_previous text, p_stream text, p_revision integer, p_id uuid, p_type text, p_recorded_at timestamptz, p_data text,
  p_metadata text
) returns text language sql stable return
  encode(
    sha256(
      convert_to(
        p_previous || E'\n' || p_stream || E'\n' || p_revision || E'\n' || p_id || E'\n' || p_type || E'\n' ||
          to_char(p_recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || E'\n' ||
          p_data || E'\n' || p_metadata,
        'UTF8'
      )
    ),
    'hex'
  );

alter table events add column hash text;
-- So that nobody who stores an event needs to name it, or can name another.
alter table events alter column transaction_id set default pg_current_xact_id();

-- What was stored before the chain is chained now, once.
alter table events disable trigger events_append_only;
do $$
declare
  v_event events;
  v_stream text := '';
  v_previous text;
begin
  for v_event in select * from events order by stream, revision loop
    if v_event.stream <> v_stream then
      v_stream := v_event.stream;
      v_previous := repeat('0', 64);
    end if;
    v_previous := event_hash(
      v_previous, v_event.stream, v_event.revision, v_event.id, v_event.type, v_event.recorded_at, v_event.data::text,
      v_event.metadata::text
    );
    update events set hash = v_previous where stream = v_event.stream and revision = v_event.revision;
  end loop;
end
$$;
alter table events enable always trigger events_append_only;

alter table events alter column hash set not null;

-- As in 0001, with the chain.
create or replace function append_events(
  p_stream text, p_expected integer, p_ids uuid[], p_types text[], p_data json[], p_metadata json[],
  out outcome text, out revision integer, out transaction_id text, out global_position bigint
) language plpgsql
set enable_seqscan = off
as $$
declare
  v_size constant integer := cardinality(p_ids);
  v_now constant timestamptz(3) := clock_timestamp();
  v_hashes text[] := '{}';
  v_previous text;
  v_known record;
begin
  if pg_current_xact_id_if_assigned() is not null then
    raise exception 'append_events must be the first write of its transaction';
  end if;

  select e.revision, e.hash into revision, v_previous
    from events e where e.stream = p_stream order by e.revision desc limit 1;
  if not found then
    revision := -1;
    v_previous := repeat('0', 64);
  end if;
  if (p_expected is null or p_expected = revision)
     and (v_size = 1 or not exists (select from events e where e.id = any (p_ids))) then
    for n in 1 .. v_size loop
      v_previous := event_hash(
        v_previous, p_stream, revision + n, p_ids[n], p_types[n], v_now, p_data[n]::text, p_metadata[n]::text
      );
      v_hashes[n] := v_previous;
    end loop;
    revision := revision + 1;
    insert into events as e (stream, revision, id, type, data, metadata, recorded_at, hash)
    values (p_stream, append_events.revision, p_ids[1], p_types[1], p_data[1], p_metadata[1],
            v_now, v_hashes[1])
    on conflict do nothing
    returning e.transaction_id::text, e.global_position into transaction_id, global_position;
    if found then
      outcome := 'appended';
      -- Whoever holds the first revision holds the next ones too: nobody starts behind what is not committed.
      if v_size > 1 then
        with rest as (
          insert into events as e (stream, revision, id, type, data, metadata, recorded_at, hash)
          select p_stream, append_events.revision + b.n, b.id, b.type, b.data, b.metadata, v_now,
                 b.hash
            from unnest(p_ids[2:], p_types[2:], p_data[2:], p_metadata[2:], v_hashes[2:])
                 with ordinality as b (id, type, data, metadata, hash, n)
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
