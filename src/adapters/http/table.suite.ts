/** The table of routes, to make tests from; its handlers must not be called. */
import { createHttpApp } from './app.ts';
import type { HttpNeeds } from './needs.ts';

const app = createHttpApp({
  settings: { publicUrl: null, webRoot: '/nowhere', brokerApiOrigins: [] },
} as unknown as HttpNeeds);
app.close();

export const table = app.routes;
