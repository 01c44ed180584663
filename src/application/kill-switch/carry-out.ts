/**
 * Carrying out the halts in force: for every account in their scope, also one that is linked only later, until each is
 * verified at the broker. All that counts stands in the record, so whoever is the owner next goes on where the last one stopped.
 */
import { find } from '../../domain/kernel/dictionary.ts';
import { KILL_SWITCH_STREAM } from '../../domain/risk-policy/kill-switch/events.ts';
import type {
  HaltRenewed,
  HaltReport,
  HaltStage,
  KillSwitchEvent,
  TradingHalted,
} from '../../domain/risk-policy/kill-switch/events.ts';
import type { KillSwitchCommand } from '../../domain/risk-policy/kill-switch/kill-switch.ts';
import type { Halt } from '../../domain/risk-policy/kill-switch/state.ts';
import { asksForWork } from '../../domain/risk-policy/kill-switch/state.ts';
import type { Cause } from '../handle.ts';
import type { LinkedAccounts } from '../ports/broker.ts';
import { START } from '../ports/event-store.ts';
import type { EventStore, Position } from '../ports/event-store.ts';
import type { Venue } from '../ports/market-data.ts';
import type { AccountWorkNeeds, WorkOnAccount } from './account-work.ts';
import { accountsOf, lookAround } from './accounts-in-scope.ts';
import type { AccountsInScopeNeeds, Sight } from './accounts-in-scope.ts';
import { createTurns } from './turns.ts';

export interface CarryOutNeeds
  extends Omit<AccountsInScopeNeeds, 'aggregates'>, Pick<AccountWorkNeeds, 'aggregates' | 'clock' | 'log'> {
  readonly store: EventStore;
  readonly linked: LinkedAccounts;
  readonly venue: Pick<Venue, 'clock'>;
  readonly work: WorkOnAccount;
  /** A signal that ends with `parent`, or when asked to. */
  readonly childOf: (parent: AbortSignal) => { readonly signal: AbortSignal; abort(): void };
}

/** Until `signal` aborts and what is under way has ended. */
export type CarryOutHalts = (signal: AbortSignal) => Promise<void>;

/** Halts are seen when they are recorded; this often it is looked for accounts that were linked since. */
const LOOK_EVERY_MS = 1_000;
/** Between the rounds of one account; the last one repeats. */
const PAUSES_MS = [250, 500, 1_000, 2_000] as const;
/** Of one that waits for the market to open, or for a person. */
const LONG_PAUSE_MS = 10_000;
/** So long it may take while the market is open; then a person must look. */
const OVERDUE_AFTER_MS = 60_000;
/** Accounts that are asked after at the broker at the same time. */
const MOST_AT_ONCE = 32;

/** What is asked for from there on. */
const ASKS: readonly string[] = ['TradingHalted', 'HaltRenewed'] satisfies KillSwitchEvent['type'][];

const NOTHING_YET: HaltReport = { orders: [], elsewhere: [], closing: [], left: null };

export function createCarryOutHalts(needs: CarryOutNeeds): CarryOutHalts {
  const { aggregates, store, linked, venue, unfinished, work, clock, log, childOf } = needs;

  return async (signal) => {
    const both = childOf(signal);
    /** Where each halt's work was asked for last, in the total order. */
    const positions = new Map<string, Position>();
    const tasks = new Map<string, Promise<void>>();
    const turns = createTurns(MOST_AT_ONCE);
    let wake = (): void => undefined;

    const record = (command: KillSwitchCommand, haltId: string) =>
      aggregates.killSwitch.handle(KILL_SWITCH_STREAM, command, causeOf(haltId));
    const load = () => aggregates.killSwitch.load(KILL_SWITCH_STREAM);

    async function listen(): Promise<void> {
      for await (const batch of store.subscribe(START, both.signal, { stream: KILL_SWITCH_STREAM })) {
        for (const event of batch) {
          if (event.unreadable !== undefined || !ASKS.includes(event.type)) continue;
          positions.set((event.data as (TradingHalted | HaltRenewed)['data']).haltId, event.position);
        }
        wake();
      }
    }

    const failed = (error: unknown): void =>
      log.warn('the halts in force could not be looked at', { error: String(error) });

    async function look(): Promise<void> {
      for (;;) {
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (both.signal.aborted) break;
        try {
          const halts = [...(await load()).standing.values()].filter(asksForWork);
          if (halts.length > 0) {
            const sight = await lookAround(needs);
            // What is wrong with one of them must not keep the others waiting.
            for (const halt of halts) await begin(halt, sight).catch(failed);
          }
        } catch (error) {
          failed(error);
        }
        await Promise.race([woken, clock.sleep(LOOK_EVERY_MS, both.signal)]);
      }
      await Promise.all(tasks.values());
    }

    /** Begins with the accounts of a halt that nobody works on yet, and tells when all are done. */
    async function begin(halt: Halt, sight: Sight): Promise<void> {
      const { haltId, renewals, carriedOutAt } = halt;
      const { count, waiting, outOfReach } = await accountsOf(needs, halt, sight);
      const isLeft = waiting.length > 0 || outOfReach.length > 0;
      if (carriedOutAt !== null && !isLeft) return;
      const told = { haltId, renewals, accounts: count, at: clock.now() };
      if (halt.accounts !== count || carriedOutAt !== null)
        await record({ type: 'RecordHaltUnderWay', ...told }, haltId);
      for (const accountId of outOfReach) await isOutOfReach(halt, accountId);
      if (!isLeft && sight.upTo >= (positions.get(haltId) ?? UNKNOWN)) {
        await record({ type: 'RecordHaltCarriedOut', ...told }, haltId);
      }
      for (const accountId of waiting) {
        const key = `${haltId}/${accountId}`;
        if (tasks.has(key)) continue;
        const task = attend(haltId, accountId).finally(() => {
          tasks.delete(key);
          wake();
        });
        tasks.set(key, task);
      }
    }

    /** Without a link nothing can be asked of the broker; with the next one it goes on, or begins. */
    async function isOutOfReach({ haltId, renewals, progress }: Halt, accountId: string): Promise<void> {
      const known = find(progress, accountId);
      if (known?.stage === 'overdue') return;
      const why =
        known === undefined
          ? 'a halt can not be carried out in an account: it has orders, and no broker link'
          : 'an account of a halt has no broker link any more';
      log.alarm(why, { haltId, accountId });
      const report = { ...(known?.report ?? NOTHING_YET), left: null };
      const at = clock.now();
      await record({ type: 'RecordHaltReport', haltId, renewals, accountId, stage: 'overdue', report, at }, haltId);
    }

    /** Goes on with one account until it is done, the halt is released, or the link is gone. */
    async function attend(haltId: string, accountId: string): Promise<void> {
      let allKnown = false;
      let openSince: number | null = null;
      for (let round = 0; !both.signal.aborted; round += 1) {
        let pause: number = PAUSES_MS[Math.min(round, PAUSES_MS.length - 1)] ?? 0;
        try {
          const halt = (await load()).standing.get(haltId);
          const access = await linked.accessFor(accountId);
          if (halt === undefined || access === null) return;
          const known = find(halt.progress, accountId);
          const market = await venue.clock().catch(() => null);
          const now = Date.parse(clock.now());
          openSince = market?.isOpen === false ? null : (openSince ?? now);
          const tell = async (stage: HaltStage, report: HaltReport): Promise<void> => {
            const { renewals } = halt;
            const at = clock.now();
            await record({ type: 'RecordHaltReport', haltId, renewals, accountId, stage, report, at }, haltId);
          };
          const stageBefore = known?.stage ?? 'cancelling';
          const result = await turns(accountId, () =>
            work(
              {
                halt,
                access,
                report: known?.report ?? NOTHING_YET,
                isFirst: round === 0,
                market,
                allKnown,
                cause: causeOf(haltId),
                tell: (report) => tell(stageBefore, report),
              },
              both.signal,
            ),
          );
          const waited = openSince === null ? 0 : now - Math.max(Date.parse(halt.haltedAt), openSince);
          const isOverdue = result.exhausted || waited >= OVERDUE_AFTER_MS || stageBefore === 'overdue';
          const goesOn = result.stage === 'done' || result.stage === 'waiting_for_open';
          const stage = isOverdue && !goesOn ? 'overdue' : result.stage;
          if (stage === 'overdue' && stageBefore !== 'overdue') {
            const why = result.exhausted ? 'no further attempt is made to close a position' : 'it takes too long';
            log.alarm('a halt is not carried out in an account', { haltId, accountId, why, left: result.report.left });
          }
          await tell(stage, result.report);
          if (stage === 'done') return;
          if (stage === 'waiting_for_open' || stage === 'overdue') pause = LONG_PAUSE_MS;
          allKnown ||= (await unfinished.knownUpTo()) >= (positions.get(haltId) ?? UNKNOWN);
        } catch (error) {
          log.warn('a round of a halt failed; trying again', { haltId, accountId, error: String(error) });
        }
        await clock.sleep(pause, both.signal);
      }
    }

    const parts = [listen(), look()].map((part) =>
      part.finally(() => {
        both.abort();
        wake();
      }),
    );
    await Promise.allSettled(parts);
    await Promise.all(parts);
  };
}

/** Greater than every position. */
const UNKNOWN: Position = '\uffff';

const causeOf = (haltId: string): Cause => ({
  correlationId: haltId,
  causationId: null,
  actor: { kind: 'system', id: 'kill-switch' },
});
