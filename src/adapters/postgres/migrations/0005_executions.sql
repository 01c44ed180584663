-- One row for each execution, unique by the broker's order and what was filled of it then.
create table executions (
  broker_order_id     text           not null,
  cumulative_quantity numeric        not null,
  order_id            text           not null,
  account_id          text           not null,
  symbol              text           not null,
  side                text           not null,
  quantity            numeric        not null,
  price               numeric        not null,
  executed_at         timestamptz    not null,
  -- Shares of the symbol held before it, negative when short.
  held_before         numeric        not null,
  -- Of its event in the total order.
  position            text collate "C" not null,
  primary key (broker_order_id, cumulative_quantity)
);

create index executions_newest on executions (account_id, symbol, position desc);

-- What accounts held before their first order here.
create table execution_openings (
  account_id text    not null,
  symbol     text    not null,
  quantity   numeric not null,
  primary key (account_id, symbol)
);
