-- Positions of which the broker has another quantity than our record adds up to: what both have, in decimal text, and
-- since when that is known. A row goes when both agree again, or the broker's position was adopted.
create table views.position_mismatches (
  account_id text           not null,
  symbol     text           not null,
  ours       text           not null,
  brokers    text           not null,
  since      timestamptz(3) not null,
  primary key (account_id, symbol)
);
