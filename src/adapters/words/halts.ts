/** Halts and their progress in words, for people at the command line. */
import type { HaltParty, HaltScope, HaltStage } from '../../domain/risk-policy/kill-switch/events.ts';
import { releasedBy } from '../../domain/risk-policy/kill-switch/kill-switch.ts';
import { asksForWork } from '../../domain/risk-policy/kill-switch/state.ts';
import type { Halt } from '../../domain/risk-policy/kill-switch/state.ts';

/** Such as `everything`, `account 22222222-..., symbol AAPL`. `nameOf` names a user. */
export function scopeInFull(scope: HaltScope, nameOf: (userId: string) => string): string {
  switch (scope.kind) {
    case 'everything':
      return 'everything';
    case 'broker':
      return `broker ${scope.broker}`;
    case 'symbol':
      return `symbol ${scope.symbol}`;
    case 'strategy':
      return `strategy ${scope.strategyId}`;
    case 'user':
      return `user ${nameOf(scope.userId)}`;
    case 'account':
      return `account ${scope.accountId}${scope.symbol === null ? '' : `, symbol ${scope.symbol}`}`;
  }
}

export function partyInWords(party: HaltParty, nameOf: (userId: string) => string): string {
  switch (party.kind) {
    case 'user':
      return `its trader, ${nameOf(party.userId)}`;
    case 'operator':
      return `operator ${nameOf(party.userId)}`;
    case 'command_line':
      return 'the command line';
    case 'trip':
      return `the watch ${party.trip}`;
  }
}

const STAGES: Readonly<Record<HaltStage, string>> = {
  cancelling: 'cancelling',
  flattening: 'closing positions',
  waiting_for_open: 'waiting for the market to open',
  overdue: 'overdue: a person must look',
  done: 'done',
};

/** How far it has come: `2 of 3 accounts done, 1 closing positions`. */
export function progressInWords(halt: Halt): string {
  if (!asksForWork(halt)) return 'nothing to do at the broker';
  const { accounts, stages, carriedOutAt } = halt;
  if (carriedOutAt !== null) {
    return `carried out in ${accounts === 1 ? '1 account' : `${accounts} accounts`}, verified at the broker`;
  }
  if (accounts === null) return 'not begun yet';
  const others = (Object.keys(STAGES) as HaltStage[])
    .filter((stage) => stage !== 'done' && (stages[stage] ?? 0) > 0)
    .map((stage) => `, ${stages[stage]} ${STAGES[stage]}`);
  return `${stages.done ?? 0} of ${accounts} ${accounts === 1 ? 'account' : 'accounts'} done${others.join('')}`;
}

/** Whose word ends it: `released by two operators, one of whom has approved`. */
export function releaseInWords(halt: Halt): string {
  const own = halt.clearsItself ? ', or by itself when its cause has gone' : '';
  switch (releasedBy(halt)) {
    case 'its_trader':
      return `released by its trader${own}`;
    case 'one_operator':
      return `released by an operator${own}`;
    case 'two_operators':
      return `released by two operators${halt.approval === null ? '' : ', one of whom has approved'}${own}`;
  }
}
