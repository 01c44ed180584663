-- How far each reaction has come.
create table reaction_checkpoints (
  reaction text        primary key,
  position text        not null,
  saved_at timestamptz not null default clock_timestamp()
);
