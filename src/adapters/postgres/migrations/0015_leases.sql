-- Who does what only one process may do at a time: src/application/ports/leases.ts. Whether a lease is held says a lock
-- of the holder's session; here stands who had it last, and with which fence.
create table public.leases (
  name     text        primary key,
  fence    bigint      not null,
  holder   text        not null,
  taken_at timestamptz not null default clock_timestamp()
);
grant select, insert, update on public.leases to tradsy_app;

-- When each account was last compared with the broker's records: so far among the reactions, as if it were a position.
create table public.reconciliations (
  account_id text        primary key,
  done_at    timestamptz not null
);
grant select, insert, update on public.reconciliations to tradsy_app;

insert into public.reconciliations (account_id, done_at)
select substr(reaction, length('reconciliation of ') + 1), position::timestamptz
  from public.reaction_checkpoints where reaction like 'reconciliation of %';
delete from public.reaction_checkpoints where reaction like 'reconciliation of %';

-- A position is one of a certain event store, and no owner moves it when a later one has.
alter table public.reaction_checkpoints
  add column log text not null default 'postgres',
  add column fence bigint not null default 0,
  drop constraint reaction_checkpoints_pkey,
  add primary key (reaction, log);
