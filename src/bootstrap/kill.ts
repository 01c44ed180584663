/**
 * `npm run kill`: halts trading, releases it, and lists what is halted; on the database of a product that runs, or on the
 * data folder of one that does not. It prints the halt's id as soon as it stands, and follows until it is carried out.
 * Exits with 0 when that is so or only the market's opening is waited for, and with 1 otherwise.
 */
import { partyInWords, progressInWords, releaseInWords, scopeInFull } from '../adapters/words/halts.ts';
import { createKnowsAccount } from '../application/account/knows-account.ts';
import { createHaltTrading, createReleaseHalt } from '../application/kill-switch/halt-trading.ts';
import type { ReleaseResult } from '../application/kill-switch/halt-trading.ts';
import type { HaltScope } from '../domain/risk-policy/kill-switch/events.ts';
import { KILL_SWITCH_STREAM } from '../domain/risk-policy/kill-switch/events.ts';
import type { KillSwitchRefusal } from '../domain/risk-policy/kill-switch/kill-switch.ts';
import { releasedBy } from '../domain/risk-policy/kill-switch/kill-switch.ts';
import type { Halt } from '../domain/risk-policy/kill-switch/state.ts';
import type { PositionMismatchRow } from '../adapters/postgres/views/position-mismatches.ts';
import { runProgram, say } from './audit/program.ts';
import { readConfig } from './config.ts';
import { readKillWish } from './kill/arguments.ts';
import type { KillWish, WantedScope } from './kill/arguments.ts';
import { followHalt } from './kill/follow.ts';
import type { Outcome } from './kill/follow.ts';
import { namesOf, usersIn } from './kill/names.ts';
import { openHouse } from './kill/open-house.ts';
import type { House } from './kill/open-house.ts';
import { StartupError } from './startup-error.ts';

type Wish<Kind extends KillWish['do']> = Extract<KillWish, { do: Kind }>;
type Print = (facts: Readonly<Record<string, unknown>>, text: string) => void;

async function userId(house: House, email: string): Promise<string> {
  const user = await house.users.byEmail(email);
  if (user === null) throw new StartupError(`nobody has signed up as ${email}`);
  return user.userId;
}

/** A name that was mistyped would halt nobody, and look as if it had. */
async function scopeOf(house: House, wanted: WantedScope): Promise<HaltScope> {
  if (wanted.kind === 'user') return { kind: 'user', userId: await userId(house, wanted.email) };
  if (wanted.kind === 'account') {
    const isKnown = await createKnowsAccount(house)(wanted.accountId);
    if (!isKnown) throw new StartupError(`no account ${wanted.accountId} was ever linked to a broker`);
  }
  return wanted;
}

async function halt(house: House, wish: Wish<'halt'>, print: Print, interrupted: AbortSignal): Promise<number> {
  const { level, reason, cancelOrders, flatten, waitSeconds: seconds } = wish;
  const scope = await scopeOf(house, wish.scope);
  const halted = await createHaltTrading(house)({
    scope,
    level,
    reason: { code: 'by_hand', text: reason },
    cancelOrders,
    flatten,
    by: { kind: 'command_line' },
    cause: house.cause(),
  });
  if (halted.kind === 'refused') throw new StartupError(WHY_NOT[halted.code]);
  const { haltId, recorded, renewed } = halted;
  const nameOf = await namesOf(house, scope.kind === 'user' ? [scope.userId] : []);
  const what = `${scopeInFull(scope, nameOf)} is ${level === 'halted' ? 'halted' : 'only reducing'}`;
  const already = renewed ? ' already, and its work is done again' : recorded ? '' : ' already';
  print({ haltId, scope, level, recorded, renewed }, `${what}${already}: halt ${haltId}`);

  const followed = await followHalt(house, haltId, { seconds, say, interrupted });
  const { accounts = null, stages = {} } = followed.halt ?? {};
  print({ haltId, outcome: followed.outcome, accounts, stages }, OUTCOMES[followed.outcome]);
  if (followed.halt !== null && followed.outcome === 'carried_out') say(progressInWords(followed.halt));
  return followed.outcome === 'carried_out' || followed.outcome === 'waiting_for_open' ? 0 : 1;
}

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  carried_out: 'Carried out. The halt stands until it is released.',
  waiting_for_open: 'All that can be done is done; positions are closed when the market opens. The halt stands.',
  unfinished: 'NOT carried out yet: it goes on. The halt stands.',
  not_at_work: 'NOT carried out: no process of Tradsy runs here, and the next one to start goes on. The halt stands.',
  released: 'The halt was released meanwhile.',
};

async function release(house: House, { haltId, operator }: Wish<'release'>, print: Print): Promise<number> {
  const person = { kind: 'person', userId: await userId(house, operator), accountId: null } as const;
  const released: ReleaseResult = await createReleaseHalt(house)({ haltId, by: person, cause: house.cause() });
  if (released.kind === 'refused') throw new StartupError(WHY_NOT[released.code]);
  const { resumed } = released;
  print({ haltId, resumed }, resumed ? 'Released.' : 'Approved. Another operator has to release it too.');
  return 0;
}

const WHY_NOT: Readonly<Record<KillSwitchRefusal['code'], string>> = {
  halt_unknown: 'there is no such halt',
  not_permitted: 'only an operator may release this halt, or the trader who has made it: see npm run operators',
  second_operator_needed: 'this operator has approved already: another one is needed',
  nothing_to_flatten: 'positions belong to accounts, not to strategies',
};

async function list(house: House, print: Print): Promise<number> {
  const { standing } = await house.aggregates.killSwitch.load(KILL_SWITCH_STREAM);
  const halts = [...standing.values()];
  const nameOf = await namesOf(house, halts.flatMap(usersIn));
  const differing = await house.positionMismatches().catch((error: unknown) => {
    say(`positions that are not the broker's can not be read: ${String(error)}`);
    return [];
  });
  const lines = [...halts.map((each) => inFull(each, nameOf)), ...differing.map(differs)];
  print(
    { halts: halts.map(facts), positionMismatches: differing },
    lines.length === 0 ? 'Nothing is halted.' : lines.flatMap((line) => [...line]).join('\n'),
  );
  return 0;
}

const differs = ({ accountId, symbol, ours, brokers, since }: PositionMismatchRow): readonly string[] => [
  `account ${accountId}, symbol ${symbol}  halted  since ${since}`,
  `    the record has a position of ${ours}, the broker one of ${brokers}`,
  `    ends when the two agree again, or when its trader takes the broker's position over`,
];

/** All but the accounts one by one. */
const facts = (each: Halt) => ({ ...each, progress: undefined, releasedBy: releasedBy(each) });

const inFull = (each: Halt, nameOf: (userId: string) => string): readonly string[] => [
  `${each.haltId}  ${scopeInFull(each.scope, nameOf)}  ${each.level}  since ${each.haltedAt}`,
  `    by ${partyInWords(each.by, nameOf)}: ${each.reason.text}`,
  `    ${progressInWords(each)}; ${releaseInWords(each)}`,
];

await runProgram(async (interrupted) => {
  const { wish, json } = readKillWish(process.argv.slice(2));
  const print: Print = (told, text) => console.log(json ? JSON.stringify(told) : text);
  const house = await openHouse(readConfig(process.env, process.cwd()), say);
  try {
    switch (wish.do) {
      case 'halt':
        return await halt(house, wish, print, interrupted);
      case 'release':
        return await release(house, wish, print);
      case 'list':
        return await list(house, print);
    }
  } finally {
    await house.stop();
  }
});
