import type { Grants } from '../oauth/grants.ts';
import type { Desk } from '../rest/http.ts';
import type { Connections } from '../streams/connections.ts';
import type { DataFeed } from '../streams/data-feed.ts';
import type { Timekeeper } from '../timekeeper.ts';

/** Everything behind the counter that the control interface reaches. */
export type ControlParts = {
  readonly desk: Desk;
  readonly timekeeper: Timekeeper;
  readonly connections: Connections;
  readonly feeds: readonly DataFeed[];
  readonly grants: Grants;
};
