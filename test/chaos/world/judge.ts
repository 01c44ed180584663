/** Collecting the evidence of a world, and judging it. */
import { join } from 'node:path';
import type { OrderStatus } from '../../../src/domain/order/state.ts';
import type { Evidence, LedgerOrder, QuietEvidence, Violation } from '../check/evidence.ts';
import { recordOf } from '../check/record.ts';
import { sentOrders } from '../check/sent-orders.ts';
import { violations } from '../check/violations.ts';
import { alarmsIn } from './witness.ts';
import type { World } from './world.ts';

export interface Due {
  readonly at: number;
  readonly ledger: readonly LedgerOrder[];
}

/** How long after the limit of a doubt its alarm may come. */
const NOTICE_MS = 10_000;

/** What is known now; the alarms, which only a long doubt needs, are left out. */
export async function lookFor(world: World, due: Due): Promise<Evidence> {
  const { clients, door, sandbox, reader } = world;
  const acknowledged = [...clients.acknowledged];
  const ledgerBefore = await sandbox.ledger();
  const arrivals = [...door.arrivals];
  const events = await reader.all();
  return {
    events,
    ledgerBefore,
    ledger: await sandbox.ledger(),
    due,
    acknowledged,
    arrivals,
    refusals: door.refusals,
    enteredElsewhere: clients.enteredElsewhere,
    alarms: [],
    trespasses: clients.trespasses,
    at: Date.now(),
    quiet: null,
  };
}

/** `slowMs`: how much longer than usual things may take. */
export async function judge(
  world: World,
  due: Due,
  quiet: QuietEvidence | null,
  slowMs: number,
): Promise<readonly Violation[]> {
  const evidence = await lookFor(world, due);
  return violations({
    ...evidence,
    quiet,
    noticeMs: NOTICE_MS + slowMs,
    alarms: alarmsIn(join(world.dataFolder, 'tradsy.log')),
  });
}

/** Orders that are on their way: being asked for, sent or changed, in doubt, or not yet told of what happened to them. */
export async function inFlight(world: World): Promise<number> {
  const evidence = await lookFor(world, { at: 0, ledger: [] });
  const { orders } = recordOf(evidence.events);
  const flying = new Set(world.clients.interrupted());
  for (const { orderId, state } of orders.values()) {
    const isUnderWay = state.cancelRequested || state.replacement !== null;
    if (isDoubtful(state.status) || state.status === 'placed' || (state.status === 'working' && isUnderWay))
      flying.add(orderId);
  }
  const executed = new Map<string, number>();
  for (const { orderId, executions } of sentOrders(evidence.ledger))
    executed.set(orderId, (executed.get(orderId) ?? 0) + executions.length);
  for (const [orderId, executions] of executed)
    if (executions > (orders.get(orderId)?.state.executions.length ?? 0)) flying.add(orderId);
  return flying.size;
}

export const isDoubtful = (status: OrderStatus): boolean => status === 'claimed' || status === 'unconfirmed';
