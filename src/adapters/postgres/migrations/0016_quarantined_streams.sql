-- The streams that a view could not follow any more: it holds their events before `revision`, and none from there on.
create table views.quarantined_streams (
  view     text        not null,
  stream   text        not null,
  revision integer     not null,
  event_id text        not null,
  problem  text        not null,
  since    timestamptz not null default clock_timestamp(),
  primary key (view, stream)
);
-- A position means something in one event store only, so a checkpoint names its store; until now there was this one.
update views.projection_checkpoints set views = 'postgres: ' || views;
