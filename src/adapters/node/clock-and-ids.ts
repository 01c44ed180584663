import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock, Ids } from '../../application/ports/clock-and-ids.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => new Date().toISOString(),
  sleep: (milliseconds, signal) => wait(milliseconds, undefined, { signal }).catch(() => undefined),
};

/** The namespace of this project's named UUIDs. */
const NAMESPACE = Buffer.from('6f1d0d5a4c0e4d3f9a7e2b1c8d5e6f70', 'hex');

/** Random UUIDs, and named ones by RFC 9562, version 5 (SHA-1 over namespace and name). */
export const systemIds: Ids = {
  random: () => randomUUID(),
  named(name) {
    const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x50;
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  },
};
