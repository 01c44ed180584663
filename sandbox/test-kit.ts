import { mkdtempSync, rmSync } from 'node:fs';
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
    const answer = await fetch(url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Json), headers: answer.headers };
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
  const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await fetch(`${url}/control/${path}`, request);
  const json = (await answer.json()) as Json;
  if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(json)}`);
  return json;
}
