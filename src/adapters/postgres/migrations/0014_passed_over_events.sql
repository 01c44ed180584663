-- Events that a reaction could not read and will take up once it can.
create table passed_over_events (
  reaction text    not null,
  -- The event store of whose total order the positions are.
  log      text    not null,
  stream   text    not null,
  revision integer not null,
  position text    not null,
  primary key (reaction, log, stream, revision)
);

grant select, insert, delete on passed_over_events to tradsy_app;
