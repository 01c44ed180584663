-- The role that the app works as. It can add events and read them, and never change or remove one: the owner's trigger
-- says so too, but the owner can drop its own trigger, and this role can not.
--
-- Roles belong to the whole server, so another database, or an administrator, may have made it already.
do $$
begin
  if not exists (select from pg_roles where rolname = 'tradsy_app') then
    create role tradsy_app nologin;
  end if;
exception
  when duplicate_object or unique_violation then null;
end
$$;
-- Who migrates may become the role; so the app needs no second password unless somebody wants one. Since Postgres 16 whoever
-- makes a role is a member of it who may not become it.
do $$
declare
  v_become constant text := case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end;
begin
  if not pg_has_role(current_user, 'tradsy_app', v_become) then
    execute format('grant tradsy_app to %I', current_user);
  end if;
end
$$;

grant usage on schema public, views to tradsy_app;
-- An event's place in the total order is the server's to say.
grant select, insert (stream, revision, id, type, data, metadata, recorded_at, hash) on events to tradsy_app;
grant select, insert, update, delete on
  users, sessions, refresh_tokens, link_attempts, broker_tokens, reaction_checkpoints to tradsy_app;
grant select, insert, update, delete on all tables in schema views to tradsy_app;
-- Tables of views to come, also those of a rebuild.
alter default privileges in schema views grant select, insert, update, delete on tables to tradsy_app;
