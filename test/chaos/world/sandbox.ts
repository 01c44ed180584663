/** The sandbox that stands for the broker in one world: what its control interface and its traders' own keys can do. */
import { z } from 'zod';
import type { BrokerHolding, LedgerOrder } from '../check/evidence.ts';
import { ledgerAnswer } from '../check/evidence.ts';

const accounts = z.object({
  accounts: z.array(
    z.object({ id: z.string(), positions: z.array(z.object({ symbol: z.string(), qty: z.string() })) }),
  ),
});

export interface Sandbox {
  readonly url: string;
  ledger(): Promise<readonly LedgerOrder[]>;
  holdings(): Promise<readonly BrokerHolding[]>;
  /** A call of the control interface; false when it refuses, because things stand otherwise. */
  control(path: string, body: object): Promise<boolean>;
  /** Opens the account of a key, and gives its id. */
  accountOf(key: string): Promise<string>;
  /** Enters an order with a trader's own key; false when it is refused. */
  enter(key: string, order: Readonly<Record<string, string>>): Promise<boolean>;
}

export function sandboxAt(url: string): Sandbox {
  const keyed = (key: string) => ({ 'apca-api-key-id': key, 'apca-api-secret-key': `secret of ${key}` });
  const read = async <T>(schema: z.ZodType<T>, path: string, headers: Record<string, string> = {}): Promise<T> =>
    schema.parse(await (await fetch(url + path, { headers })).json());
  const post = async (path: string, body: object, headers: Record<string, string> = {}): Promise<boolean> =>
    (await fetch(url + path, { method: 'POST', body: JSON.stringify(body), headers })).ok;
  return {
    url,
    ledger: async () => (await read(ledgerAnswer, '/control/ledger')).orders,
    holdings: async () =>
      (await read(accounts, '/control/accounts')).accounts.flatMap(({ id, positions }) =>
        positions.map(({ symbol, qty }) => ({ brokerAccountId: id, symbol, quantity: qty })),
      ),
    control: (path, body) => post(`/control/${path}`, body),
    accountOf: async (key) => (await read(z.object({ id: z.string() }), '/v2/account', keyed(key))).id,
    enter: (key, order) => post('/v2/orders', order, keyed(key)),
  };
}
