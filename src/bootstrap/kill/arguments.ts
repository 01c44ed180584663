/** What can be said to `npm run kill` and to `npm run operators`. */
import { parseArgs } from 'node:util';
import { symbolText, uuidText } from '../../../contracts/text.ts';
import { StartupError } from '../startup-error.ts';

/** What shall be halted, as it was typed: a user by the e-mail address. */
export type WantedScope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'broker'; readonly broker: 'alpaca' }
  | { readonly kind: 'symbol'; readonly symbol: string }
  | { readonly kind: 'account'; readonly accountId: string; readonly symbol: null }
  | { readonly kind: 'user'; readonly email: string }
  | { readonly kind: 'strategy'; readonly strategyId: string };

export type KillWish =
  | {
      readonly do: 'halt';
      readonly scope: WantedScope;
      readonly level: 'halted' | 'reducing';
      readonly reason: string;
      readonly cancelOrders: boolean;
      readonly flatten: boolean;
      readonly waitSeconds: number;
    }
  | { readonly do: 'release'; readonly haltId: string; readonly operator: string }
  | { readonly do: 'list' };

const KILL_USAGE = [
  'npm run kill -- everything|broker|symbol SYM|account ID|user EMAIL|strategy ID --reason "..." [--reducing] [--flatten] [--no-cancel] [--wait SECONDS]',
  'npm run kill -- release HALT-ID --operator EMAIL',
  'npm run kill -- list',
].join('\n  or    ');

const OPERATORS_USAGE = 'npm run operators -- add EMAIL | remove EMAIL | list';

/** So long it is followed what becomes of a halt. */
const WAIT_SECONDS = 120;

/** Throws StartupError with the usage for anything else. */
export function readKillWish(args: readonly string[]): { readonly wish: KillWish; readonly json: boolean } {
  const { values, positionals } = parse(
    () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: {
          reason: { type: 'string' },
          reducing: { type: 'boolean', default: false },
          flatten: { type: 'boolean', default: false },
          'no-cancel': { type: 'boolean', default: false },
          wait: { type: 'string' },
          operator: { type: 'string' },
          json: { type: 'boolean', default: false },
        },
      }),
    KILL_USAGE,
  );
  const { json } = values;
  const [what = '', name, ...more] = positionals;
  if (more.length > 0) throw usage(KILL_USAGE, `what is ${more[0]}?`);
  if (what === 'list' && name === undefined) return { wish: { do: 'list' }, json };
  if (what === 'release') {
    const { operator } = values;
    if (name === undefined || operator === undefined) throw usage(KILL_USAGE, 'a release needs a halt and an operator');
    return { wish: { do: 'release', haltId: name.toLowerCase(), operator }, json };
  }
  const reason = values.reason?.trim() ?? '';
  const scope = readScope(what, name);
  if (reason === '') throw usage(KILL_USAGE, 'a halt needs a reason');
  const { flatten, reducing } = values;
  if (flatten && values['no-cancel']) throw usage(KILL_USAGE, 'positions can not be closed without cancelling orders');
  const waitSeconds = Number(values.wait ?? WAIT_SECONDS);
  if (!(waitSeconds >= 0)) throw usage(KILL_USAGE, '--wait takes seconds');
  const level = reducing ? 'reducing' : 'halted';
  return { wish: { do: 'halt', scope, level, reason, cancelOrders: !values['no-cancel'], flatten, waitSeconds }, json };
}

function readScope(what: string, name: string | undefined): WantedScope {
  const named = name ?? '';
  if (what === 'everything' && name === undefined) return { kind: 'everything' };
  if (what === 'broker' && (name === undefined || name === 'alpaca')) return { kind: 'broker', broker: 'alpaca' };
  if (what === 'symbol' && symbolText.safeParse(named.toUpperCase()).success) {
    return { kind: 'symbol', symbol: named.toUpperCase() };
  }
  if (what === 'account' && uuidText.safeParse(named).success) {
    return { kind: 'account', accountId: named.toLowerCase(), symbol: null };
  }
  if (what === 'user' && named !== '') return { kind: 'user', email: named };
  if (what === 'strategy' && named !== '') return { kind: 'strategy', strategyId: named };
  throw usage(KILL_USAGE, what === '' ? 'what shall be halted?' : `this can not be halted: ${what} ${named}`.trim());
}

export type OperatorsWish = { readonly do: 'add' | 'remove'; readonly email: string } | { readonly do: 'list' };

/** Throws StartupError with the usage for anything else. */
export function readOperatorsWish(args: readonly string[]): { readonly wish: OperatorsWish; readonly json: boolean } {
  const { values, positionals } = parse(
    () =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: { json: { type: 'boolean', default: false } },
      }),
    OPERATORS_USAGE,
  );
  const { json } = values;
  const [what, email, ...more] = positionals;
  if (what === 'list' && email === undefined) return { wish: { do: 'list' }, json };
  if ((what === 'add' || what === 'remove') && email !== undefined && more.length === 0) {
    return { wish: { do: what, email }, json };
  }
  throw usage(OPERATORS_USAGE, 'whom?');
}

function parse<T>(read: () => T, help: string): T {
  try {
    return read();
  } catch (error) {
    throw usage(help, (error as Error).message.split('. ')[0] ?? 'wrong options');
  }
}

const usage = (help: string, problem: string): StartupError => new StartupError(`${problem}\n  usage ${help}`);
