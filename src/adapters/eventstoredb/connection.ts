import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import { EventStoreDBClient, type Credentials } from '@eventstore/db-client';

import { isAnswer } from './answers.ts';

export interface ConnectionOptions {
  /** How long the server may stay silent within one call, in milliseconds. */
  readonly timeoutMs: number;
  readonly onError: (error: unknown) => void;
}

export interface Connection {
  readonly client: EventStoreDBClient;
  /**
   * Given with every call. The credentials make the client send a plain append: see `credentialsOf`. A node that is not
   * the leader may be behind; it answers with the leader's address instead, and the client goes there.
   */
  readonly common: { readonly credentials: Credentials; readonly requiresLeader: true };
  readonly timeoutMs: number;
  /**
   * Makes a call, and once more after a moment when it had no proper answer. A call that is made twice must be safe to
   * make twice. Throws the second failure, or at once what is an answer.
   */
  ask<T>(call: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const ASK_AGAIN_AFTER_MS = 250;
const CLOSE_WITHIN_MS = 1_000;

/** Connects when it is first used. Throws `TypeError` for an address that is none. */
export function connect(url: string, { timeoutMs, onError }: ConnectionOptions): Connection {
  const client = open(url);
  const common = { credentials: credentialsOf(url), requiresLeader: true } as const;
  let isClosed = false;

  async function ask<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await begin(call);
    } catch (error) {
      if (isClosed || isAnswer(error)) throw error;
      onError(error);
      await sleep(ASK_AGAIN_AFTER_MS);
      return begin(call);
    }
  }

  /**
   * Begins a call in a turn of the event loop of its own. An append that the client begins on a channel that was just
   * closed, here or by the client itself after a failure, would end in an unhandled rejection.
   */
  async function begin<T>(call: () => Promise<T>): Promise<T> {
    await nextTurn();
    if (isClosed) throw new Error('the event store was closed');
    return call();
  }

  /** While no server can be found, the client would look for one before it closes. */
  async function close(): Promise<void> {
    isClosed = true;
    await Promise.race([closeClient(client), sleep(CLOSE_WITHIN_MS, undefined, { ref: false })]);
  }

  return { client, common, timeoutMs, ask, close };
}

/** The client's `dispose` ends its streams and leaves the connection open. */
async function closeClient(client: EventStoreDBClient): Promise<void> {
  await client.dispose();
  await nextTurn();
  const { getChannel } = client as unknown as { getChannel(): Promise<{ close(): void }> };
  await getChannel().then(
    (channel) => channel.close(),
    () => {},
  );
}

function open(url: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(url);
  } catch (error) {
    throw new TypeError(`not an address of EventStoreDB: ${(error as Error).message}`);
  }
}

/**
 * The name and password in an address. The client appends by a second protocol unless a call names its credentials, and
 * that one has a fault: after one failed search for a server it fails for ever. Without TLS the client sends no
 * credentials, whatever they are.
 */
function credentialsOf(url: string): Credentials {
  const [, username, password] = /^\s*esdb(?:\+discover)?:\/\/([^:@/]+):([^@]+)@/.exec(url) ?? [];
  if (username !== undefined && password !== undefined) {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  }
  if (/[?&]tls=false(&|$)/i.test(url)) return { username: '', password: '' };
  throw new TypeError('an address of EventStoreDB needs a name and a password, or tls=false');
}

/** Ends with an error when `promise` takes longer than `ms` milliseconds. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = sleep(ms, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`EventStoreDB did not answer ${what} within ${ms} ms`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    late.catch(() => {});
    timer.abort();
  }
}
