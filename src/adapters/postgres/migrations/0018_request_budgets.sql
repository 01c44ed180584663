-- How many requests a broker's key has made lately: src/application/ports/request-budget.ts. One row a key, in which time is
-- counted in slots back from the newest one, so that a clock that is set back neither frees anything nor stops everything.
create table public.request_budgets (
  key    text      primary key,
  slot   bigint    not null,
  -- For the newest slot and each one before it, four numbers: cancels, orders, look-ups, lists.
  used   integer[] not null,
  -- Slots still to pass before the broker wants to hear of anything but cancels.
  paused integer   not null default 0
) with (fillfactor = 50);
grant select, insert, update, delete on public.request_budgets to tradsy_app;

-- 0 when one more request of the class p_class (1 to 4, as above) is granted, else the milliseconds after which it could be.
create function public.take_request(
  p_key text, p_class integer, p_slot_ms integer, p_slots integer, p_limit integer, p_reserved integer[]
) returns integer
language plpgsql as $$
declare
  v_kept   public.request_budgets;
  v_now    bigint;
  v_slot   bigint;
  v_passed integer;
  v_used   integer[];
  v_sums   integer[];
  v_need   integer;
begin
  select * into v_kept from public.request_budgets where key = p_key for update;
  if not found then
    -- A new key is rare: the moment to forget those that nobody has used for an hour.
    delete from public.request_budgets where key in (
      select key from public.request_budgets
       where slot < extract(epoch from clock_timestamp()) * 1000 / p_slot_ms - 3600000 / p_slot_ms
       for update skip locked);
    insert into public.request_budgets (key, slot, used)
      values (p_key, floor(extract(epoch from clock_timestamp()) * 1000 / p_slot_ms), array_fill(0, array[4]))
      on conflict (key) do nothing;
    select * into v_kept from public.request_budgets where key = p_key for update;
  end if;

  -- Read once the row is ours, so that nobody counts into a slot that another one has left behind.
  v_now := floor(extract(epoch from clock_timestamp()) * 1000);
  v_slot := v_now / p_slot_ms;
  if v_slot < v_kept.slot then
    -- The clock was set back. No time has passed then, and from now on it does again.
    update public.request_budgets set slot = v_slot where key = p_key;
  end if;
  v_passed := least(greatest(v_slot - v_kept.slot, 0), p_slots);
  v_used := (array_fill(0, array[4 * v_passed]) || v_kept.used)[1:4 * p_slots];
  v_kept.paused := greatest(v_kept.paused - v_passed, 0);
  if v_kept.paused > 0 and p_class <> 1 then
    return (v_slot + v_kept.paused) * p_slot_ms - v_now;
  end if;

  select array[
      coalesce(sum(n) filter (where i % 4 = 1), 0), coalesce(sum(n) filter (where i % 4 = 2), 0),
      coalesce(sum(n) filter (where i % 4 = 3), 0), coalesce(sum(n) filter (where i % 4 = 0), 0)]
    into v_sums from unnest(v_used) with ordinality as each (n, i);
  -- First as things are, then as they will be when the oldest slots have left the window one after another.
  for v_later in 0..p_slots - 1 loop
    if v_later > 0 then
      for v_class in 1..4 loop
        v_sums[v_class] := v_sums[v_class] - coalesce(v_used[4 * (p_slots - v_later) + v_class], 0);
      end loop;
    end if;
    v_need := 0;
    for v_class in 1..4 loop
      v_need := v_need + case
        when p_class = 1 or v_class = p_class then v_sums[v_class]
        else greatest(v_sums[v_class], p_reserved[v_class]) end;
    end loop;
    if v_need < p_limit and v_later = 0 then
      v_used[p_class] := v_used[p_class] + 1;
      update public.request_budgets set slot = v_slot, used = v_used, paused = v_kept.paused where key = p_key;
      return 0;
    elsif v_need < p_limit then
      return (v_slot + v_later) * p_slot_ms - v_now;
    end if;
  end loop;
  return (v_slot + p_slots) * p_slot_ms - v_now;
end
$$;

create function public.pause_requests(p_key text, p_milliseconds integer, p_slot_ms integer) returns void
language sql as $$
  insert into public.request_budgets as kept (key, slot, used, paused)
    values (
      p_key, floor(extract(epoch from clock_timestamp()) * 1000 / p_slot_ms), array_fill(0, array[4]),
      ceil(p_milliseconds::numeric / p_slot_ms) + 1)
    on conflict (key) do update
      set paused = greatest(kept.paused, excluded.paused + greatest(excluded.slot - kept.slot, 0));
$$;
