-- What each user has accepted and linked.
create table accounts (
  user_id                text           primary key,
  account_id             text           not null unique,
  disclaimer_version     text,
  disclaimer_accepted_at timestamptz(3),
  terms_version          text,
  terms_accepted_at      timestamptz(3),
  -- All null before the first link and after unlinking; status is 'active' or 'revoked'.
  link_id                text,
  link_status            text,
  link_broker            text,
  link_environment       text,
  link_account_id        text,
  link_account_number    text,
  linked_at              timestamptz(3),
  -- Of the last event of the user's account stream that the row holds.
  revision               integer        not null
);

-- The orders that use a trade of the plan: executed ones, and those on their way that may yet execute.
create table account_trades (
  order_id   text    primary key,
  account_id text    not null,
  executed   boolean not null,
  reserved   boolean not null
);

create index account_trades_used on account_trades (account_id) where executed or reserved;
