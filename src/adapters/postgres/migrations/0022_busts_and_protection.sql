-- What the broker busted or corrected, and orders whose position is not protected as it should be.
alter table views.executions
  -- How many earlier executions of the broker order had the same cumulative quantity.
  add column repeat integer not null default 0,
  -- Of the last event of its order's stream that the row holds. A busted execution has the quantity 0.
  add column revision integer not null default 0,
  drop constraint executions_pkey,
  add primary key (broker_order_id, cumulative_quantity, repeat);

alter table views.orders
  -- It was placed with a take profit and a stop loss.
  add column bracket boolean not null default false,
  -- Which change of it is in force; 0 for none.
  add column replacement integer not null default 0,
  -- What is wrong with the protection of what it bought or sold; null when nothing is known to be.
  add column unprotected json;

create index orders_unprotected on views.orders (account_id) where unprotected is not null;
