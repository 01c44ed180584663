-- Which event store is the system of record of this database: a process that is told of another one is refused.
create table public.event_log (
  is_only boolean     primary key default true check (is_only),
  name    text        not null,
  since   timestamptz not null default clock_timestamp()
);
grant select, insert, update on public.event_log to tradsy_app;
