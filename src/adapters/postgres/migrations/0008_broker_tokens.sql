-- The rights to act for linked broker accounts. Tokens are sealed outside the database.
create table broker_tokens (
  link_id     text        primary key,
  account_id  text        not null,
  user_id     text        not null,
  environment text        not null check (environment in ('paper', 'live')),
  sealed      text        not null,
  kept_at     timestamptz not null default clock_timestamp()
);

create index broker_tokens_of_account on broker_tokens (account_id);
