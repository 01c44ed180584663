import type { Halt, HaltProgress } from '../../../contracts/halts.ts';
import { formatQuantity } from '../numbers/format.ts';

const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** What the halt means: `Trading is stopped`. */
export const headline = ({ level }: Pick<Halt, 'level'>): string =>
  level === 'halted' ? 'Trading is stopped' : 'Positions can only be made smaller';

/** What a stop of this level will mean, for whoever is about to make it; `isWide`: it reaches beyond one trader. */
export function stopWords(level: Halt['level'], isWide: boolean): string {
  const whose = isWide ? ' of anybody in this scope' : '';
  const until = isWide ? 'two operators release it' : 'the stop is released';
  const also = isWide ? '' : ' Orders can still be cancelled.';
  return level === 'halted'
    ? `No new order${whose} leaves for the broker until ${until}.${also}`
    : `Only orders${whose} that make a position smaller leave for the broker until ${until}.${also}`;
}

/** Whose orders it stops: `your account`, `AAPL, for everybody`. */
export function scopeWords({ scope, concernsMe }: Pick<Halt, 'scope' | 'concernsMe'>): string {
  switch (scope.kind) {
    case 'everything':
      return 'everything, for everybody';
    case 'broker':
      return 'everything at Alpaca, for everybody';
    case 'symbol':
      return `${scope.symbol}, for everybody`;
    case 'strategy':
      return `strategy ${scope.strategyId}`;
    case 'user':
      return concernsMe ? 'your user' : `user ${scope.userId}`;
    case 'account': {
      const account = concernsMe ? 'your account' : `account ${scope.accountId}`;
      return scope.symbol === null ? account : `${scope.symbol} in ${account}`;
    }
  }
}

const WATCHES: Readonly<Record<string, string>> = {
  reject_storm: 'the watch for rejected orders',
  loss_limit: 'the watch for the daily loss',
  stale_data: 'the watch for missing quotes',
  position_mismatch: 'the watch for positions that are not the broker’s',
};

/** Who stopped it: `you`, `an operator`. */
export function byWords({ by }: Pick<Halt, 'by'>): string {
  switch (by.kind) {
    case 'you':
      return 'you';
    case 'trader':
      return by.name ?? 'its trader';
    case 'operator':
      return by.name ?? 'an operator';
    case 'command_line':
      return 'the house, at its command line';
    case 'watch':
      return WATCHES[by.name ?? ''] ?? 'the house by itself';
  }
}

const positionWords = (positions: readonly { symbol: string; quantity: string }[]): string =>
  positions.map(({ symbol, quantity }) => `${formatQuantity(quantity)} ${symbol}`).join(', ');

function leftWords(left: HaltProgress['left']): string {
  if (left === null) return 'the broker does not answer yet';
  const parts = [
    ...(left.orders > 0 ? [`${counted(left.orders, 'open order')} left`] : []),
    ...(left.positions.length > 0 ? [`${positionWords(left.positions)} held`] : []),
  ];
  return parts.length === 0 ? 'waiting for the last answers' : parts.join(', ');
}

/** How far one account has come, in one sentence. */
export function progressWords(progress: HaltProgress, flatten: boolean): string {
  const { stage, cancelled, closing, left } = progress;
  switch (stage) {
    case 'cancelling':
      return `Cancelling orders: ${leftWords(left)}.`;
    case 'flattening':
      return `Closing positions: ${leftWords(left)}.`;
    case 'waiting_for_open':
      return `Orders are cancelled. ${positionWords(left?.positions ?? [])} will be closed when the market opens.`;
    case 'overdue':
      return `This takes longer than it should, and people have been called: ${leftWords(left)}.`;
    case 'done': {
      const orders = cancelled === 0 ? 'There were no open orders' : `${counted(cancelled, 'order')} cancelled`;
      const positions = closing.length === 0 ? 'no positions' : counted(closing.length, 'position');
      const closed = closing.length === 0 ? 'no positions to close' : `${positions} closed`;
      return `${orders}${flatten ? `, ${closed}` : ''}; verified at the broker.`;
    }
  }
}

/** How far the whole halt has come, as the one who looks may know it; null when there is nothing to do. */
export function haltProgressWords(halt: Halt): string | null {
  const { cancelOrders, flatten, everywhere, progress, carriedOutAt, concernsMe } = halt;
  if (!cancelOrders && !flatten) return null;
  if (everywhere !== null && everywhere.accounts !== null && (everywhere.accounts !== 1 || progress === null)) {
    const done = everywhere.stages.done ?? 0;
    const overdue = everywhere.stages.overdue ?? 0;
    const words = `${done} of ${counted(everywhere.accounts, 'account')} done and verified at the broker`;
    return overdue === 0 ? `${words}.` : `${words}; ${overdue} overdue.`;
  }
  if (progress !== null) return progressWords(progress, flatten);
  if (carriedOutAt !== null) return 'Carried out.';
  return concernsMe ? 'About to begin at the broker …' : null;
}

/** Who can end it, for whoever can not, or not alone. */
export function releaseWords({
  release,
  until,
  concernsMe,
}: Pick<Halt, 'release' | 'until' | 'concernsMe'>): string | null {
  if (release.needs === 'its_cause') {
    const whose = concernsMe ? 'you take the broker’s position over' : 'its trader takes the broker’s position over';
    return `It ends when the two agree again, or when ${whose} under Positions.`;
  }
  const itself =
    until !== null ? ' It ends by itself on the next trading day.' : ' It ends by itself when the cause has gone.';
  const end = release.clearsItself ? itself : '';
  if (release.needs === 'two_operators') {
    const approved = release.approvedBy ?? 'One operator';
    const words = release.approved
      ? `${approved} has approved the release; another operator has to, too.`
      : 'Two operators have to release it.';
    return words + end;
  }
  if (release.mayI) return end === '' ? null : end.trim();
  return (release.needs === 'its_trader' ? 'Its trader has to release it.' : 'An operator has to release it.') + end;
}

/** What the button says that releases it. */
export const releaseLabel = ({ release }: Pick<Halt, 'release'>): string =>
  release.needs === 'two_operators' && !release.approved ? 'Approve release' : 'Resume trading';
