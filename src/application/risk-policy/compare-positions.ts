/**
 * Comparing an account's positions with the broker's. Executions may be on their way, so a difference counts only when a
 * second comparison finds it again, after the orders were compared, everything known was booked, and nothing was booked
 * meanwhile. What is found stops the symbol; it never leads to a fill.
 */
import { NO_QUANTITY, quantity, toText } from '../../domain/kernel/decimal.ts';
import type { Quantity } from '../../domain/kernel/decimal.ts';
import { netQuantity } from '../../domain/kernel/lots.ts';
import type { Holding } from '../../domain/kernel/lots.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { holdingOf } from '../../domain/risk-policy/state.ts';
import type { RiskState } from '../../domain/risk-policy/state.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { ReconcileAccount } from '../order/reconcile-account.ts';
import type { BrokerAccess, BrokerAccounts } from '../ports/broker.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { Log } from '../ports/log.ts';
import type { IsBookedUp } from './booked-up.ts';

export interface ComparePositionsNeeds {
  readonly aggregates: Aggregates;
  readonly broker: Pick<BrokerAccounts, 'positions'>;
  readonly reconcile: ReconcileAccount;
  readonly isBookedUp: IsBookedUp;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * `unsettled`: there is a difference, and it is too early to say whether it counts; it should be compared again soon.
 * `unanswered`: the broker has not told.
 */
export type Compared = 'agrees' | 'differs' | 'unsettled' | 'unanswered';

export type ComparePositions = (access: BrokerAccess, cause: Cause, signal: AbortSignal) => Promise<Compared>;

/** What has been executed is told within this time, or never by itself. */
const SETTLES_WITHIN_MS = 3_000;

interface Compare {
  readonly holding: Holding;
  readonly ours: Quantity;
  readonly brokers: Quantity;
}

export function createComparePositions(needs: ComparePositionsNeeds): ComparePositions {
  const { aggregates, broker, reconcile, isBookedUp, clock, log } = needs;

  /** By symbol, what both hold; null when the broker does not tell, or the account's opening positions are not known. */
  async function look(access: BrokerAccess): Promise<ReadonlyMap<string, Compare> | null> {
    const found = await broker.positions(access);
    if (found.kind !== 'found') return null;
    const risk = await aggregates.risk.load(riskStream(access.accountId));
    if (risk.openedAt === null) return null;
    const theirs = new Map(found.value.map((position) => [position.symbol, quantity(position.quantity)]));
    return new Map(symbolsOf(risk, theirs).map((symbol) => [symbol, compared(risk, symbol, theirs)]));
  }

  async function resolve(accountId: string, all: ReadonlyMap<string, Compare>, cause: Cause): Promise<void> {
    for (const [symbol, { ours, brokers }] of all) {
      if (ours !== brokers) continue;
      const command = {
        type: 'ResolvePositionMismatch',
        symbol,
        quantity: toText(brokers),
        at: clock.now(),
      } as const;
      const { mismatches } = await aggregates.risk.glance(riskStream(accountId));
      if (!mismatches.has(symbol)) continue;
      await aggregates.risk.handle(riskStream(accountId), command, cause);
      log.info('a position is again what the broker has', { accountId, symbol });
    }
  }

  async function report(accountId: string, symbol: string, found: Compare, cause: Cause): Promise<void> {
    const [ours, brokers] = [toText(found.ours), toText(found.brokers)];
    const command = { type: 'ReportPositionMismatch', symbol, ours, brokers, at: clock.now() } as const;
    const recorded = await aggregates.risk.handle(riskStream(accountId), command, cause);
    if (recorded.kind === 'done' && recorded.events.length > 0) {
      const facts = { accountId, symbol, ours, brokers };
      log.alarm('a position is not what the broker has; nothing is traded in its symbol', facts);
    }
  }

  return async (access, cause, signal) => {
    const { accountId } = access;
    const first = await look(access);
    if (first === null) return 'unanswered';
    await resolve(accountId, first, cause);
    const differing = [...first].filter(([, { ours, brokers }]) => ours !== brokers);
    if (differing.length === 0) return 'agrees';

    await clock.sleep(SETTLES_WITHIN_MS, signal);
    if (signal.aborted || (await reconcile(access, cause, 'hour')) !== 'done') return 'unanswered';
    if (!(await isBookedUp(accountId))) return 'unsettled';
    const second = await look(access);
    if (second === null) return 'unanswered';
    await resolve(accountId, second, cause);
    let settled = true;
    for (const [symbol, before] of differing) {
      const now = second.get(symbol);
      if (now === undefined || now.ours === now.brokers) continue;
      const isStill = now.brokers === before.brokers && sameLots(now.holding, before.holding);
      if (isStill) await report(accountId, symbol, now, cause);
      else settled = false;
    }
    if (!settled) return 'unsettled';
    return [...second.values()].some(({ ours, brokers }) => ours !== brokers) ? 'differs' : 'agrees';
  };
}

const symbolsOf = ({ holdings, mismatches }: RiskState, theirs: ReadonlyMap<string, Quantity>): readonly string[] => [
  ...new Set([...holdings.keys(), ...mismatches.keys(), ...theirs.keys()]),
];

function compared(risk: RiskState, symbol: string, theirs: ReadonlyMap<string, Quantity>): Compare {
  const holding = holdingOf(risk, symbol);
  return { holding, ours: netQuantity(holding), brokers: theirs.get(symbol) ?? NO_QUANTITY };
}

/** Whether nothing was booked in between. */
const sameLots = (a: Holding, b: Holding): boolean =>
  a.length === b.length && a.every((lot, index) => lot.quantity === b[index]?.quantity && lot.price === b[index].price);
