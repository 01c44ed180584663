-- Open positions as lots, oldest first: [{"quantity", "price"}] in decimal text. A flat symbol has no row.
create table positions (
  account_id text not null,
  symbol     text not null,
  lots       json not null,
  primary key (account_id, symbol)
);

create table realized_profits (
  account_id  text    not null,
  -- The exchange's day, such as 2026-03-02.
  trading_day text    not null,
  symbol      text    not null,
  amount      numeric not null,
  primary key (account_id, trading_day, symbol)
);

-- The last revision of each account's risk stream that the two tables hold.
create table position_revisions (
  account_id text    primary key,
  revision   integer not null
);
