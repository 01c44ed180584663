-- Events that a reaction could not read and will take up once it can.
create table passed_over_events (
  reaction text    not null,
  stream   text    not null,
  revision integer not null,
  position text    not null,
  primary key (reaction, stream, revision)
);

grant select, insert, delete on passed_over_events to tradsy_app;
