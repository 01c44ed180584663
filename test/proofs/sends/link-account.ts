import { createAlpaca } from '../../../src/adapters/alpaca/alpaca.ts';
import { systemClock } from '../../../src/adapters/node/clock-and-ids.ts';
import type { BrokerAccess } from '../../../src/application/ports/broker.ts';
import { approve } from '../../adapters/alpaca-sandbox.ts';
import { configFor, createMemoryLog, plenty } from '../../adapters/alpaca-setup.ts';

/** Opens an account at the sandbox, and lets us in. */
export async function linkAccount(url: string): Promise<BrokerAccess> {
  const needs = { clock: systemClock, log: createMemoryLog(), budget: plenty() };
  const { authorization } = createAlpaca(configFor(url), needs);
  const granted = await authorization.exchange(await approve(authorization));
  if (granted.kind !== 'granted') throw new Error(granted.reason);
  const id = (): string => crypto.randomUUID();
  return { linkId: id(), userId: id(), accountId: id(), environment: 'paper', token: granted.token };
}
