/** What the broker says of an account's means. Asked for often, so an answer serves for a moment all who want it. */
import type { BrokerFigures } from '../../domain/risk-policy/events.ts';
import type { BrokerAccess, BrokerAccounts, LinkedAccounts } from '../ports/broker.ts';
import type { Clock } from '../ports/clock-and-ids.ts';

export type Figures =
  | { readonly kind: 'read'; readonly value: BrokerFigures }
  /** The account has no link that can be used. */
  | { readonly kind: 'no_link' }
  /** By the broker's own words the link's token is not taken any more. */
  | { readonly kind: 'unauthorized'; readonly access: BrokerAccess; readonly reason: string };

/** `bookings`: how many executions the asker knows of; what was read before the last of them is not given. Throws when the broker does not tell. */
export type ReadFigures = (accountId: string, bookings: number) => Promise<Figures>;

export interface ReadFiguresNeeds {
  readonly broker: Pick<BrokerAccounts, 'account'>;
  readonly linked: Pick<LinkedAccounts, 'accessFor'>;
  readonly clock: Pick<Clock, 'now'>;
}

const SERVES_MS = 2_000;
const MOST_KNOWN = 10_000;

interface Reading {
  /** When it was asked for, in milliseconds, and what was booked then. */
  readonly at: number;
  readonly bookings: number;
  readonly figures: Promise<Figures>;
}

export function createReadFigures({ broker, linked, clock }: ReadFiguresNeeds): ReadFigures {
  const readings = new Map<string, Reading>();

  async function ask(accountId: string, at: string): Promise<Figures> {
    const access = await linked.accessFor(accountId);
    if (access === null) return { kind: 'no_link' };
    const found = await broker.account(access);
    if (found.kind === 'unauthorized') return { kind: 'unauthorized', access, reason: found.reason };
    if (found.kind !== 'found') throw new Error(`the broker does not tell of the account: ${found.kind}`);
    const { buyingPower, equity, cash, shortingEnabled, mayTrade } = found.value;
    return { kind: 'read', value: { buyingPower, equity, cash, shortingEnabled, mayTrade, at } };
  }

  return (accountId, bookings) => {
    const asked = clock.now();
    const at = Date.parse(asked);
    const known = readings.get(accountId);
    const age = known === undefined ? Infinity : at - known.at;
    if (known !== undefined && age >= 0 && age <= SERVES_MS && known.bookings >= bookings) return known.figures;
    const reading: Reading = { at, bookings, figures: ask(accountId, asked) };
    readings.delete(accountId);
    readings.set(accountId, reading);
    const oldest = readings.keys().next();
    if (readings.size > MOST_KNOWN && !oldest.done) readings.delete(oldest.value);
    // Nothing but what was read serves others too.
    const forget = (): void => {
      if (readings.get(accountId) === reading) readings.delete(accountId);
    };
    reading.figures.then((figures) => figures.kind === 'read' || forget(), forget);
    return reading.figures;
  };
}
