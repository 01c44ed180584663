/** Which accounts a halt has to be carried out in: the linked ones, and those of which only orders are known. */
import { find, valuesOf } from '../../domain/kernel/dictionary.ts';
import { accountStream } from '../../domain/account/events.ts';
import { orderStream } from '../../domain/order/events.ts';
import { isFinal } from '../../domain/order/state.ts';
import type { HaltScope } from '../../domain/risk-policy/kill-switch/events.ts';
import { concerns, symbolOf } from '../../domain/risk-policy/kill-switch/scope.ts';
import type { Halt } from '../../domain/risk-policy/kill-switch/state.ts';
import type { Aggregates } from '../aggregates.ts';
import type { LinkedAccounts } from '../ports/broker.ts';
import { unlessUnreadable } from '../ports/event-store.ts';
import type { Position } from '../ports/event-store.ts';
import type { UnfinishedOrders } from '../ports/progress.ts';

export interface AccountsInScopeNeeds {
  readonly aggregates: Pick<Aggregates, 'accounts' | 'orders'>;
  readonly linked: Pick<LinkedAccounts, 'all'>;
  readonly unfinished: Pick<UnfinishedOrders, 'knownUpTo' | 'placed'>;
}

/** What there is to be seen at one moment, for whichever halt. */
export interface Sight {
  readonly linked: Awaited<ReturnType<LinkedAccounts['all']>>;
  readonly placed: Awaited<ReturnType<UnfinishedOrders['placed']>>;
  /** Orders that were placed up to here are among `placed`. */
  readonly upTo: Position;
}

export interface AccountsOfHalt {
  /** All that it concerns, or did when they were done. */
  readonly count: number;
  /** Those that can be worked on, and are not done. */
  readonly waiting: readonly string[];
  /** Those that are not done, and can not be worked on before they are linked again. */
  readonly outOfReach: readonly string[];
}

/** Looks at the links and the orders there are. */
export async function lookAround({ linked, unfinished }: AccountsInScopeNeeds): Promise<Sight> {
  const upTo = await unfinished.knownUpTo();
  const [links, placed] = await Promise.all([linked.all(), unfinished.placed()]);
  return { linked: links, placed, upTo };
}

export async function accountsOf(
  { aggregates }: Pick<AccountsInScopeNeeds, 'aggregates'>,
  { scope, progress }: Pick<Halt, 'scope' | 'progress'>,
  sight: Sight,
): Promise<AccountsOfHalt> {
  const known = [...valuesOf(progress)];
  const reached = sight.linked.filter((account) => concerns(scope, account)).map(({ accountId }) => accountId);
  const isLinked = new Set(sight.linked.map(({ accountId }) => accountId));
  const lost = known.filter(({ stage, accountId }) => stage !== 'done' && !isLinked.has(accountId));

  const unseen = new Map<string, string[]>();
  for (const { accountId, orderId } of sight.placed) {
    if (isLinked.has(accountId) || find(progress, accountId) !== undefined) continue;
    unseen.set(accountId, [...(unseen.get(accountId) ?? []), orderId]);
  }
  const never: string[] = [];
  for (const [accountId, orderIds] of unseen) {
    if (!(await concernsUnlinked(aggregates, scope, accountId))) continue;
    if (await mayTrade(aggregates, orderIds, symbolOf(scope))) never.push(accountId);
  }
  const outOfReach = [...lost.map(({ accountId }) => accountId), ...never];
  return {
    count: new Set([...reached, ...known.map(({ accountId }) => accountId), ...never]).size,
    waiting: reached.filter((accountId) => find(progress, accountId)?.stage !== 'done'),
    outOfReach,
  };
}

/** Without a link nothing names the user of an account but the user's own stream. */
async function concernsUnlinked(
  { accounts }: Pick<Aggregates, 'accounts'>,
  scope: HaltScope,
  accountId: string,
): Promise<boolean> {
  if (scope.kind !== 'user') return concerns(scope, { userId: '', accountId });
  const owner = await unlessUnreadable(accounts.load(accountStream(scope.userId)));
  // Whose account it is can not be told where the stream can not be read.
  return owner === undefined || (owner.status === 'open' && owner.accountId === accountId);
}

/** Whether one of the orders may be at the broker. What has not left yet does not leave while it is halted, and unlinked. */
async function mayTrade(
  { orders }: Pick<Aggregates, 'orders'>,
  orderIds: readonly string[],
  symbol: string | null,
): Promise<boolean> {
  for (const orderId of orderIds) {
    const order = await unlessUnreadable(orders.load(orderStream(orderId)));
    // One that can not be read may be anything.
    if (order === undefined) return true;
    if (order.status === 'none' || order.status === 'placed' || isFinal(order)) continue;
    if (symbol === null || order.ticket.symbol === symbol) return true;
  }
  return false;
}
