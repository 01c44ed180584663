-- One row for each order, denied ones too, as its events have left it.
create table orders (
  order_id        text           primary key,
  account_id      text           not null,
  -- The order whose bracket it belongs to.
  parent_order_id text,
  symbol          text           not null,
  side            text           not null,
  type            text           not null,
  -- The terms in force.
  quantity        numeric        not null,
  limit_price     numeric,
  stop_price      numeric,
  trail_price     numeric,
  time_in_force   text           not null,
  status          text           not null,
  filled_quantity numeric        not null,
  -- What the executions cost together.
  filled_value    numeric        not null,
  -- The latest reason given for what became of it, in the words in which it was recorded.
  reason          text,
  -- Of a denied order.
  breaches        json,
  changed_at      timestamptz(3) not null,
  -- Null while its life goes on.
  ended_at        timestamptz(3),
  -- Of the last event of its own stream that the row holds; -1 before the first.
  revision        integer        not null
);

create index orders_unfinished on orders (account_id) where ended_at is null;
create index orders_ended on orders (account_id, ended_at desc) where ended_at is not null;
create index orders_legs on orders (parent_order_id) where parent_order_id is not null;
