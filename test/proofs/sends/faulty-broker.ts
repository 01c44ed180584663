/** The sandbox as a process of its own, which spoils requests as it is told, and its own record of what came of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSandboxProgram } from '../../support/running-product.ts';

export interface Spoilt {
  readonly kind: string;
  readonly probability: number;
  readonly ms?: number;
  readonly status?: number;
  readonly body?: string;
}

/** A refusal that is not in the broker's own words, and one that is. */
const SOMEBODY_ELSES = JSON.stringify({ code: 403, message: 'Forbidden' });
const ITS_OWN = JSON.stringify({ code: 40310000, message: 'insufficient buying power' });

/** Orders that are spoilt so arrive, now or later. */
export const ARRIVING: readonly Spoilt[] = [
  { kind: 'slow_accept', probability: 0.03, ms: 5_000 },
  { kind: 'late_accept', probability: 0.03, ms: 5_000 },
  { kind: 'delay', probability: 0.04, ms: 3_000 },
  { kind: 'drop_after', probability: 0.04 },
  { kind: 'http_500_after', probability: 0.02 },
  { kind: '504', probability: 0.04 },
  { kind: 'html', probability: 0.02, status: 502 },
  { kind: 'html', probability: 0.02, status: 200 },
  { kind: 'truncated_json', probability: 0.03 },
  { kind: 'cut_answer', probability: 0.03 },
  { kind: 'empty_body', probability: 0.03 },
  { kind: 'duplicate_id', probability: 0.03 },
  { kind: 'slow_drip', probability: 0.02, ms: 100 },
  { kind: 'answer_after', probability: 0.02, status: 403, body: SOMEBODY_ELSES },
];

/** Orders that are spoilt so never arrive; of those only the last is refused for good. */
export const LOST: readonly Spoilt[] = [
  { kind: 'reset_sending', probability: 0.02 },
  { kind: 'drop_before', probability: 0.03 },
  { kind: 'http_500_before', probability: 0.02 },
  { kind: '504_before', probability: 0.03 },
  { kind: '503', probability: 0.02 },
  { kind: '429', probability: 0.03, ms: 1_000 },
  { kind: 'html_before', probability: 0.02, status: 403 },
  { kind: 'html_before', probability: 0.01, status: 404 },
  { kind: 'answer_before', probability: 0.01, status: 403, body: ITS_OWN },
];

/** Looking up is spoilt too. */
export const LOOK_UPS: readonly Spoilt[] = [
  { kind: 'drop_before', probability: 0.03 },
  { kind: '503', probability: 0.03 },
  { kind: 'html_before', probability: 0.03, status: 404 },
  { kind: 'truncated_json', probability: 0.02 },
];

export interface LedgerRow {
  readonly id: string;
  readonly client_order_id: string;
  readonly received_at_real: string;
}

export interface RequestRow {
  readonly id: number;
  readonly at_ms: number;
  readonly method: string;
  readonly path: string;
  readonly account_id: string | null;
  readonly client_order_id: string | null;
  readonly faults: readonly string[];
  readonly status: number | null;
}

export interface FaultyBroker {
  readonly url: string;
  set(settings: object): Promise<void>;
  spoil(faults: readonly Spoilt[], match: { readonly method: string; readonly path: string }): Promise<void>;
  /** Nothing is spoilt any more. */
  mend(): Promise<void>;
  /** Every order that it ever took, by its own ids. */
  ledger(): Promise<readonly LedgerRow[]>;
  /** Every request that came after one. */
  requests(after?: number): Promise<readonly RequestRow[]>;
  stop(): Promise<void>;
}

export const SENDING = { method: 'POST', path: '/v2/orders' };
export const READING = { method: 'GET', path: '/v2/' };
export const LOOKING_UP = { method: 'GET', path: '/v2/orders:by_client_order_id' };

export async function startFaultyBroker(seed: number): Promise<FaultyBroker> {
  const folder = mkdtempSync(join(tmpdir(), 'tradsy-faulty-broker-'));
  const sandbox = await startSandboxProgram(folder, { SANDBOX_SEED: `${seed}` });
  async function control(path: string, method: string, body?: object): Promise<unknown> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const answer = await fetch(`${sandbox.url}/control/${path}`, init);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
  return {
    url: sandbox.url,
    async set(settings) {
      await control('settings', 'POST', settings);
    },
    async spoil(faults, match) {
      for (const fault of faults) await control('fault', 'POST', { ...fault, match });
    },
    async mend() {
      await control('fault', 'DELETE');
    },
    async ledger() {
      return ((await control('ledger', 'GET')) as { orders: LedgerRow[] }).orders;
    },
    async requests(after = 0) {
      return ((await control(`requests?after=${after}`, 'GET')) as { requests: RequestRow[] }).requests;
    },
    async stop() {
      await sandbox.kill('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
