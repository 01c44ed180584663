import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_CONFIG, type SandboxConfig } from './config.ts';
import { StartFailure } from './failure.ts';
import { type Sandbox, startSandbox } from './server.ts';

export type Json = Record<string, unknown>;
export type Reply = { readonly status: number; readonly body: Json; readonly headers: Headers };

/** A caller with its own paper account. */
export type Client = {
  get(path: string): Promise<Reply>;
  post(path: string, body: unknown): Promise<Reply>;
  patch(path: string, body: unknown): Promise<Reply>;
  delete(path: string): Promise<Reply>;
  /** Asks for an order until it has one of the states. */
  untilOrder(id: unknown, ...states: readonly string[]): Promise<Json>;
};

export type Bench = {
  readonly sandbox: Sandbox;
  readonly config: SandboxConfig;
  readonly client: Client;
  stop(): Promise<void>;
};

/** A temporary folder that `remove` takes away again. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'sandbox-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts on a random port outside the range from which the system takes its own. */
export async function startOnFreePort(config: SandboxConfig): Promise<Sandbox> {
  for (let tries = 0; ; tries++) {
    try {
      return await startSandbox({ ...config, port: 20_000 + Math.floor(Math.random() * 12_000) });
    } catch (error) {
      const isTaken = error instanceof StartFailure && error.message.includes('is taken');
      if (!isTaken || tries > 20) throw error;
    }
  }
}

/** A sandbox in this process on a fresh data folder; its clock stands still unless a speed is given. */
export async function startBench(changes: Partial<SandboxConfig> = {}): Promise<Bench> {
  const folder = temporaryFolder();
  const config = {
    ...DEFAULT_CONFIG,
    speed: 0,
    start: Date.parse('2024-03-13T14:00:00Z'),
    dataFolder: folder.path,
    ...changes,
  };
  const sandbox = await startOnFreePort(config);
  return {
    sandbox,
    config,
    client: clientOf(sandbox.url, 'key-1', 'secret-1'),
    async stop() {
      await sandbox.close();
      folder.remove();
    },
  };
}

/** A caller with an API key. */
export function clientOf(url: string, keyId: string, secret: string): Client {
  return callerOf(url, { 'APCA-API-KEY-ID': keyId, 'APCA-API-SECRET-KEY': secret });
}

/** A caller with an OAuth token. */
export function bearerOf(url: string, token: string): Client {
  return callerOf(url, { Authorization: `Bearer ${token}` });
}

function callerOf(url: string, headers: Record<string, string>): Client {
  const call = async (method: string, path: string, body?: unknown): Promise<Reply> => {
    const answer = await send(url + path, method, headers, body === undefined ? null : JSON.stringify(body));
    return { ...answer, body: answer.text === '' ? {} : (JSON.parse(answer.text) as Json) };
  };
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    patch: (path, body) => call('PATCH', path, body),
    delete: (path) => call('DELETE', path),
    async untilOrder(id, ...states) {
      for (let tries = 0; tries < 300; tries++) {
        const { body } = await call('GET', `/v2/orders/${String(id)}`);
        if (states.includes(String(body['status']))) return body;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      throw new Error(`order ${String(id)} never became ${states.join(' or ')}`);
    },
  };
}

/** Calls the control interface. */
export async function control(url: string, path: string, body?: unknown): Promise<Json> {
  const isRead = body === undefined;
  const answer = await send(
    `${url}/control/${path}`,
    isRead ? 'GET' : 'POST',
    {},
    isRead ? null : JSON.stringify(body),
  );
  if (answer.status >= 400) throw new Error(`${path}: ${answer.text}`);
  return JSON.parse(answer.text) as Json;
}

/** One request on a connection of its own: a kept one could be one that a closed sandbox on the same port has left. */
async function send(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: string | null,
): Promise<{ readonly status: number; readonly text: string; readonly headers: Headers }> {
  const request = http.request(url, { method, headers, agent: false });
  request.end(body ?? undefined);
  const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const part of answer.setEncoding('utf8')) text += part as string;
  const pairs = Object.entries(answer.headersDistinct).flatMap(([name, values]) =>
    (values ?? []).map((value): [string, string] => [name, value]),
  );
  return { status: answer.statusCode ?? 0, text, headers: new Headers(pairs) };
}
