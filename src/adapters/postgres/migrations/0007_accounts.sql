-- Whose account it is.
create table accounts (
  user_id    text primary key,
  account_id text not null unique
);

-- The orders that use a trade of the plan: executed ones, and those on their way that may yet execute.
create table account_trades (
  order_id   text    primary key,
  account_id text    not null,
  executed   boolean not null,
  reserved   boolean not null
);

create index account_trades_used on account_trades (account_id) where executed or reserved;
