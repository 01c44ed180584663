-- The read models have a schema of their own, so that a rebuild can make them anew in a schema beside it and change
-- places (src/adapters/postgres/rebuild). Queries name no schema: every connection looks here first.
create schema views;
alter table projection_checkpoints set schema views;
alter table orders set schema views;
alter table executions set schema views;
alter table execution_openings set schema views;
alter table positions set schema views;
alter table realized_profits set schema views;
alter table position_revisions set schema views;
alter table accounts set schema views;
alter table account_trades set schema views;
alter table story_events set schema views;
