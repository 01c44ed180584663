/**
 * The broker's door: a server before the sandbox that loses, delays, doubles and garbles what passes, by the seed. It
 * keeps a journal of every order request that came, whatever became of it.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { freePort } from '../../../src/bootstrap/free-port.ts';
import type { Arrival } from '../check/evidence.ts';
import type { Faults, RequestFault } from './faults.ts';
import { createForward } from './forward.ts';
import type { Answered } from './forward.ts';
import { serveStream } from './stream.ts';

export interface DoorOptions {
  readonly sandboxUrl: string;
  /** What an order is called in the plan, by its client order id. */
  readonly nameOf: (clientOrderId: string) => string;
  /** How long the client waits for an answer to an order request, in milliseconds. */
  readonly clientWaitsMs: number;
}

export interface Door {
  readonly port: number;
  /** In the order in which they came. */
  readonly arrivals: readonly Arrival[];
  /** The client order ids of requests that the broker itself has refused. */
  readonly refusals: ReadonlySet<string>;
  setFaults(faults: Faults): void;
  /** How often each fault has struck, and how many order requests and frames there were. */
  readonly counts: ReadonlyMap<string, number>;
  /** Order requests that the broker has not got yet, and will get. */
  underWay(): number;
  close(): Promise<void>;
}

type Kind =
  | {
      readonly kind: 'change';
      readonly verb: 'place' | 'change' | 'cancel';
      readonly subject: string;
      readonly id: string;
    }
  | { readonly kind: 'read'; readonly what: 'order' | 'list'; readonly subject: string }
  | { readonly kind: 'other' };

const named = z.object({ id: z.string(), client_order_id: z.string() });
const bodyOf = z.object({ client_order_id: z.string() });

export async function openDoor({ sandboxUrl, nameOf, clientWaitsMs }: DoorOptions): Promise<Door> {
  const counts = new Map<string, number>();
  const tries = new Map<string, number>();
  const clientIds = new Map<string, string>();
  const arrivals: Arrival[] = [];
  const refusals = new Set<string>();
  const forward = createForward(sandboxUrl);
  let faults: Faults | null = null;
  let underWay = 0;

  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const nth = (key: string): number => {
    const next = (tries.get(key) ?? 0) + 1;
    tries.set(key, next);
    return next;
  };
  const learn = (value: unknown): void => {
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
      const order = named.safeParse(each);
      if (order.success) clientIds.set(order.data.id, order.data.client_order_id);
    }
  };
  const nameById = (brokerOrderId: string): string => nameOf(clientIds.get(brokerOrderId) ?? brokerOrderId);

  function kindOf(method: string, url: URL, body: string): Kind {
    const { pathname } = url;
    const path = /^\/v2\/orders(?:\/([^/]+))?$/.exec(pathname);
    if (pathname === '/v2/orders:by_client_order_id')
      return { kind: 'read', what: 'order', subject: nameOf(url.searchParams.get('client_order_id') ?? '') };
    if (path === null) return { kind: 'other' };
    const [, brokerOrderId] = path;
    if (method === 'GET') {
      if (brokerOrderId !== undefined) return { kind: 'read', what: 'order', subject: nameById(brokerOrderId) };
      return { kind: 'read', what: 'list', subject: url.searchParams.get('status') ?? '' };
    }
    // Without an id it is the cancel of all orders.
    if (method === 'DELETE')
      return { kind: 'change', verb: 'cancel', subject: nameById(brokerOrderId ?? 'all'), id: '' };
    const asked = bodyOf.safeParse(parsed(body));
    const id = asked.success ? asked.data.client_order_id : '';
    return { kind: 'change', verb: method === 'POST' ? 'place' : 'change', subject: nameOf(id), id };
  }

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const at = Date.now();
    const body = await textOf(req);
    const { method = 'GET', url = '/', headers } = req;
    const kind = kindOf(method, new URL(url, sandboxUrl), body);
    const pass = async (): Promise<Answered> => {
      const answered = await forward(method, url, headers, body);
      learn(parsed(answered.body.toString()));
      return answered;
    };
    if (kind.kind === 'other' || faults === null) return give(res, await pass());
    if (kind.kind === 'read') {
      const fault = faults.read(kind.what, kind.subject, nth(`${kind.what}/${kind.subject}`));
      if (fault !== null) count(fault.name);
      return strike(res, fault, fault?.forward === 'never' ? null : pass());
    }
    const { verb, subject } = kind;
    const turn = nth(`${verb}/${subject}`);
    const fault = faults.request(verb, subject, turn);
    count(`${verb} requests`);
    if (fault !== null) count(fault.name);
    if (verb !== 'cancel') arrivals.push({ at, verb, clientOrderId: kind.id, turnedAway: fault?.name === '429' });
    const lateMs = clientWaitsMs + faults.lateMs(subject, turn);
    const slowMs = faults.slowMs(subject, turn);
    const reach = async (): Promise<Answered> => {
      underWay += 1;
      try {
        if (fault?.forward === 'late') await wait(lateMs);
        else if (fault === null && slowMs > 0) await wait(slowMs);
        const answered = await pass();
        if (verb !== 'cancel' && answered.status >= 400 && answered.status < 500) refusals.add(kind.id);
        return answered;
      } finally {
        underWay -= 1;
      }
    };
    return strike(res, fault, fault?.forward === 'never' ? null : reach());
  }

  const server = createServer((req, res) => {
    // The sandbox outlives the run; what fails here is a connection that the product has given up.
    answer(req, res).catch(() => res.destroy());
  });
  const stream = serveStream(sandboxUrl, { faults: () => faults, nameOf, nth, count, learn });
  server.on('upgrade', stream.upgrade);
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port,
    arrivals,
    refusals,
    setFaults: (next) => {
      faults = next;
    },
    counts,
    underWay: () => underWay,
    async close() {
      stream.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      forward.close();
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function textOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function give(res: ServerResponse, { status, headers, body }: Answered): void {
  res.writeHead(status, headers).end(body);
}

const WORDS: Readonly<Record<number, object>> = {
  429: { code: 42910000, message: 'rate limit exceeded' },
  500: { code: 50010000, message: 'internal server error occurred' },
  504: { code: 50410000, message: 'gateway timeout' },
};

/** Lets a fault strike: `reached` is the broker's own answer, or null when it never gets the request. */
async function strike(
  res: ServerResponse,
  fault: RequestFault | null,
  reached: Promise<Answered> | null,
): Promise<void> {
  // What the broker says too late is heard by nobody.
  reached?.catch(() => undefined);
  if (fault === null) return give(res, await (reached as Promise<Answered>));
  const { answer, forward } = fault;
  if (forward === 'now') await reached;
  switch (answer) {
    case 'nothing':
      return;
    case 'end of the connection':
      return void res.destroy();
    case 'reset':
      return void res.socket?.resetAndDestroy();
    case 'its own':
      return give(res, await (reached as Promise<Answered>));
    case 'truncated': {
      const { status, headers, body } = await (reached as Promise<Answered>);
      return give(res, { status, headers, body: body.subarray(0, Math.floor(body.length / 2)) });
    }
    case 'cut': {
      const { status, headers, body } = await (reached as Promise<Answered>);
      res.writeHead(status, { ...headers, 'content-length': body.length });
      res.write(body.subarray(0, Math.floor(body.length / 2)), () => res.destroy());
      return;
    }
    default:
      return give(res, madeUp(answer));
  }
}

function madeUp({ status, type }: Exclude<RequestFault['answer'], string>): Answered {
  const html = '<!doctype html><html><body><h1>The gateway could not serve this request</h1></body></html>';
  const text = { json: JSON.stringify(WORDS[status] ?? {}), html, none: '' }[type];
  const headers: IncomingHttpHeaders = {
    json: { 'content-type': 'application/json' },
    html: { 'content-type': 'text/html' },
    none: {},
  }[type];
  return { status, headers, body: Buffer.from(text) };
}
