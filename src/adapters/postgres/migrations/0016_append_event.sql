-- Appends one event, as most appends do, in one statement: the head of the stream is read, the event chained to it and
-- stored at once, which costs half of what append_events needs for it.
--
-- Gives no revision when the stream does not stand at `expected`, and unique_violation when another writer was faster or
-- the id is known: nothing is stored then, and append_events says why.
create function append_event(
  p_stream text, p_expected integer, p_id uuid, p_type text, p_data text, p_metadata text,
  out revision integer, out transaction_id xid8, out global_position bigint
) language plpgsql
-- As for append_events: a plan made on an empty table must not become a scan of a full one.
set enable_seqscan = off
as $$
begin
  -- A stream's later event must have the later transaction id: the statement sees the head before it takes the id.
  if pg_current_xact_id_if_assigned() is not null then
    raise exception 'append_event must be the first write of its transaction';
  end if;

  insert into events as e (transaction_id, stream, revision, id, type, data, metadata, recorded_at, hash)
  select pg_current_xact_id(), p_stream, next.revision, p_id, p_type, p_data::json, p_metadata::json, next.at,
         event_hash(next.previous, p_stream, next.revision, p_id, p_type, next.at, p_data, p_metadata)
    from (
      select coalesce(head.revision, -1) + 1 as revision,
             coalesce(head.hash, repeat('0', 64)) as previous,
             clock_timestamp()::timestamptz(3) as at
        from (select) as once
        left join lateral (
          select h.revision, h.hash from events h where h.stream = p_stream order by h.revision desc limit 1
        ) as head on true
       where p_expected is null or p_expected = coalesce(head.revision, -1)
       -- Keeps the planner from writing the columns' expressions, the clock's above all, out wherever they are used.
      offset 0
    ) as next
  returning e.revision, e.transaction_id, e.global_position into revision, transaction_id, global_position;
end
$$;
