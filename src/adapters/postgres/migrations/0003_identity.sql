-- Who may sign in. Personal data stands here and nowhere in the event store.
create table users (
  user_id       uuid        primary key,
  email         text        not null,
  -- The address without regard to case.
  email_key     text        not null unique,
  password_hash text        not null,
  created_at    timestamptz not null default clock_timestamp()
);

create table sessions (
  session_id uuid        primary key,
  user_id    uuid        not null references users,
  started_at timestamptz not null default clock_timestamp(),
  used_at    timestamptz not null default clock_timestamp(),
  ended_at   timestamptz
);

-- Digests only: a copy of this table signs nobody in.
create table refresh_tokens (
  digest     bytea       primary key,
  session_id uuid        not null references sessions,
  issued_at  timestamptz not null default clock_timestamp(),
  used_at    timestamptz
);

create table link_attempts (
  state_digest       bytea       primary key,
  browser_key_digest bytea       not null,
  user_id            uuid        not null references users,
  environment        text        not null,
  begun_at           timestamptz not null default clock_timestamp()
);
