-- How far the read models have come: one row for each loop. Written in the transaction that changes the views, and
-- only by the one who still finds the position it started from.
create table projection_checkpoints (
  loop       text        primary key,
  position   text        not null,
  -- The views and their versions that the rows were made by.
  views      text        not null,
  updated_at timestamptz not null default clock_timestamp()
);
