-- Where the events that concern an order stand in streams other than its own.
create table story_events (
  stream   text    not null,
  revision integer not null,
  order_id text    not null,
  primary key (stream, revision)
);

create index story_events_of_order on story_events (order_id, stream, revision);
