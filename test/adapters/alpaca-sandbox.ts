/** The Alpaca adapter at a sandbox of its own, with a hand behind the counter. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_CONFIG, type SandboxConfig } from '../../sandbox/config.ts';
import { StartFailure } from '../../sandbox/failure.ts';
import { type Sandbox, startSandbox } from '../../sandbox/server.ts';
import { type Alpaca, createAlpaca } from '../../src/adapters/alpaca/alpaca.ts';
import { ALPACA_TIMES } from '../../src/adapters/alpaca/config.ts';
import type { BrokerFault, BrokerUnderTest } from '../../src/application/ports/broker.suite.ts';
import type { BrokerAccess, BrokerAuthorization } from '../../src/application/ports/broker.ts';
import { configFor, createMemoryLog, plenty, wallClock } from './alpaca-setup.ts';

/** How the sandbox brings about a fault. A late answer comes after the adapter has given up. */
const FAULTS: Readonly<Record<BrokerFault, object>> = {
  lost_on_the_way: { kind: 'drop_before' },
  answer_lost: { kind: 'drop_after' },
  answer_cut_short: { kind: 'truncated_json' },
  answer_is_an_error: { kind: 'http_500_after' },
  answer_is_a_page: { kind: 'html' },
  answer_is_late: { kind: 'delay', ms: 2_000 },
  out_of_order: { kind: '503' },
  too_many_requests: { kind: '429' },
};
const GIVE_UP_MS = 1_000;

const REQUESTS = {
  place: { method: 'POST', path: '/v2/orders' },
  change: { method: 'PATCH', path: '/v2/orders' },
  cancel: { method: 'DELETE', path: '/v2/orders' },
  read: { method: 'GET', path: '/v2/' },
} as const;

async function start(changes: Partial<SandboxConfig>): Promise<{ readonly sandbox: Sandbox; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'alpaca-test-'));
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    try {
      return { sandbox: await startSandbox({ ...DEFAULT_CONFIG, ...changes, port, dataFolder: folder }), folder };
    } catch (error) {
      if (!(error instanceof StartFailure) || !error.message.includes('is taken')) throw error;
    }
  }
}

/** A person approves at the sandbox; resolves to the code that the browser brings back. */
export async function approve(authorization: BrokerAuthorization): Promise<string> {
  const response = await fetch(authorization.authorizeUrl({ state: 'state-1', environment: 'paper' }), {
    method: 'POST',
    body: new URLSearchParams({ decision: 'approve', account: 'new' }),
    redirect: 'manual',
  });
  const back = new URL(response.headers.get('location') ?? '');
  if (back.searchParams.get('state') !== 'state-1') throw new Error('the sandbox has changed the state');
  return back.searchParams.get('code') ?? '';
}

export type AlpacaAtSandbox = BrokerUnderTest &
  Alpaca & {
    /** Calls the sandbox's control interface; without a body it is read. */
    readonly control: (path: string, body?: object) => Promise<unknown>;
  };

/** Fills happen only by hand. */
export async function openAlpacaAtSandbox(changes: Partial<SandboxConfig> = {}): Promise<AlpacaAtSandbox> {
  const { sandbox, folder } = await start(changes);
  const control = async (path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${sandbox.url}/control/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  // A cancel takes long enough for a fill to come before it, on a busy machine too.
  await control('settings', { hold_fills: true, cancel_ms: 250 });

  const stream = { ...ALPACA_TIMES.stream, reconnect: [20, 50, 100] };
  const times = { ...ALPACA_TIMES, change: GIVE_UP_MS, read: GIVE_UP_MS, lookUp: GIVE_UP_MS, stream };
  const alpaca = createAlpaca(configFor(sandbox.url, { times }), {
    clock: wallClock,
    log: createMemoryLog(),
    // Each fault strikes one request, so there is no minute to wait for.
    budget: { ...plenty(), pause: () => Promise.resolve() },
  });
  /** The sandbox's own ids of the accounts, by token. */
  const accounts = new Map<string, string>();
  const accountOf = ({ token }: BrokerAccess): string => accounts.get(token) ?? '';

  return {
    ...alpaca,
    control,
    async openAccount() {
      const granted = await alpaca.authorization.exchange(await approve(alpaca.authorization));
      if (granted.kind !== 'granted') throw new Error(granted.reason);
      const access: BrokerAccess = {
        linkId: crypto.randomUUID(),
        userId: crypto.randomUUID(),
        accountId: crypto.randomUUID(),
        environment: 'paper',
        token: granted.token,
      };
      const account = await alpaca.broker.account(access);
      if (account.kind !== 'found') throw new Error(account.kind);
      accounts.set(granted.token, account.value.brokerAccountId);
      return access;
    },
    async setPrice(symbol, price) {
      await control('price', { symbol, price });
    },
    async trade(brokerOrderId, quantity, price) {
      await control('fill', { order_id: brokerOrderId, qty: quantity, price });
    },
    async bust(executionId, count) {
      await control('bust', { execution_id: executionId, filled_qty: count });
    },
    async correct(executionId, quantity, price) {
      await control('correct', { execution_id: executionId, qty: quantity, price });
    },
    async sayStrangely(brokerOrderId) {
      await control('announce', { order_id: brokerOrderId, event: 'a_word_of_tomorrow' });
    },
    async spoil(access, request, fault) {
      await control('fault', { ...FAULTS[fault], match: { ...REQUESTS[request], account_id: accountOf(access) } });
    },
    async cutStream(access) {
      await control('fault', { kind: 'close_stream', match: { stream: 'trading', account_id: accountOf(access) } });
    },
    async repeatNextUpdate(access) {
      await control('fault', { kind: 'duplicate_frames', match: { account_id: accountOf(access) } });
    },
    async revoke({ token }) {
      await control('revoke', { token });
    },
    async ledger(access) {
      const { orders } = (await control(`ledger?account_id=${accountOf(access)}`)) as {
        orders: { id: string; client_order_id: string; filled_qty: string }[];
      };
      return orders.map((order) => ({
        brokerOrderId: order.id,
        clientOrderId: order.client_order_id,
        filledQuantity: order.filled_qty,
      }));
    },
    async close() {
      await sandbox.close();
      await rm(folder, { recursive: true });
    },
  };
}
