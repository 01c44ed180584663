/**
 * The event store and what lies beside it in the database, as each process has them: with the time that they take, with
 * statements that fail, and with appends that are stored though their answer is lost.
 */
import { createMemoryEventStore } from '../../src/adapters/memory/event-store.ts';
import { createMemoryPassedOver } from '../../src/adapters/memory/progress.ts';
import { isInScope } from '../../src/application/ports/appendable.ts';
import { START } from '../../src/application/ports/event-store.ts';
import type { EventStore, Position, RecordedEvent, Scope } from '../../src/application/ports/event-store.ts';
import { Overtaken } from '../../src/application/ports/leases.ts';
import type { Checkpoints, PassedOver, Reconciliations } from '../../src/application/ports/progress.ts';
import type { Faults } from './faults.ts';
import type { ProcessLife } from './life.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

const BATCH = 500;
/** How often a subscriber looks for what no notification told. */
const LOOK_EVERY_MS = 1_000;
const NOTIFICATION_LOST = 0.02;

export interface SimStore {
  /** The store itself, without a delay: for the world around the processes. */
  readonly whole: EventStore;
  /** Told after every append, with the events that are new. */
  onAppended(told: () => void): void;
  eventStoreOf(life: ProcessLife): EventStore;
  checkpointsOf(life: ProcessLife): Checkpoints;
  passedOverOf(life: ProcessLife): PassedOver;
  reconciliationsOf(life: ProcessLife): Reconciliations;
}

export function createSimStore(scheduler: Scheduler, random: Random, faults: Faults): SimStore {
  const memory = createMemoryEventStore({ now: () => scheduler.text() });
  const whole = createReadableStore(memory);
  const listeners: (() => void)[] = [];
  const waiting = new Set<() => void>();
  const checkpoints = new Map<string, { readonly position: Position; readonly fence: number }>();
  const reconciled = new Map<string, string>();
  const passedOver = createMemoryPassedOver();
  const trip = (): number => (random.chance(0.02) ? random.between(20, 400) : random.between(1, 3));

  /** A statement of a process, which may fail before it is carried out, or after. */
  async function statement<T>(life: ProcessLife, work: () => T | Promise<T>): Promise<T> {
    const fault = life.ended ? null : faults.ofStatement();
    const answer = await life.ask(trip(), () => (fault === 'fails' ? null : work()), trip());
    if (fault !== null) throw new Error(fault === 'fails' ? 'the database did not take it' : 'the connection broke');
    return answer as T;
  }

  function appended(): void {
    for (const tell of listeners) tell();
    for (const wake of waiting) wake();
  }

  function newEvents(life: ProcessLife, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        takeBack();
        waiting.delete(hear);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const hear = (): void => {
        if (!life.ended && random.chance(NOTIFICATION_LOST)) return;
        waiting.delete(hear);
        life.after(trip(), wake);
      };
      waiting.add(hear);
      signal.addEventListener('abort', wake);
      const takeBack = life.after(LOOK_EVERY_MS, wake);
    });
  }

  return {
    whole,
    onAppended: (told) => void listeners.push(told),

    eventStoreOf: (life) => ({
      append: (stream, expected, events) =>
        statement(life, async () => {
          const result = await whole.append(stream, expected, events);
          if (result.kind === 'appended' && !result.repeated) appended();
          return result;
        }),
      async readStream(stream, options) {
        if (!life.ended && faults.ofStatement() !== null) throw new Error('the connection broke');
        return life.read(trip(), () => whole.readStream(stream, options));
      },
      readAll: (after, limit) => life.read(trip(), () => whole.readAll(after, limit)),
      async *subscribe(after: Position, signal: AbortSignal, scope?: Scope) {
        let last = after;
        while (!signal.aborted) {
          if (last === whole.newest()) {
            await newEvents(life, signal);
            continue;
          }
          const events: readonly RecordedEvent[] = await life.read(trip(), () => whole.readAll(last, BATCH));
          last = events.at(-1)?.position ?? last;
          const wanted = events.filter(({ stream }) => isInScope(stream, scope));
          if (signal.aborted) return;
          if (wanted.length > 0) yield wanted;
        }
      },
    }),

    checkpointsOf: (life) => ({
      load: (reaction) => statement(life, () => checkpoints.get(reaction)?.position ?? START),
      save: (reaction, position, fence) =>
        statement(life, () => {
          if ((checkpoints.get(reaction)?.fence ?? 0) > fence) {
            throw new Overtaken(`a later owner than ${fence} has moved the checkpoint of ${reaction}`);
          }
          checkpoints.set(reaction, { position, fence });
        }),
    }),

    passedOverOf: (life) => ({
      load: (reaction) => statement(life, () => passedOver.load(reaction)),
      add: (reaction, event) => statement(life, () => passedOver.add(reaction, event)),
      remove: (reaction, event) => statement(life, () => passedOver.remove(reaction, event)),
    }),

    reconciliationsOf: (life) => ({
      lastOf: (accountId) => statement(life, () => reconciled.get(accountId) ?? null),
      record: (accountId, at) =>
        statement(life, () => {
          const before = reconciled.get(accountId);
          if (before === undefined || before < at) reconciled.set(accountId, at);
        }),
    }),
  };
}

/**
 * The memory store, with what it has stored kept in the form in which it is read: many read the same events again and again,
 * and parsing them each time would take most of a run's time.
 */
function createReadableStore(memory: EventStore): EventStore & { newest(): Position } {
  const all: RecordedEvent[] = [];
  const streams = new Map<string, RecordedEvent[]>();
  return {
    ...memory,
    newest: () => all.at(-1)?.position ?? START,
    async append(stream, expected, events) {
      const result = await memory.append(stream, expected, events);
      if (result.kind === 'conflict' || result.repeated) return result;
      const own = streams.get(stream) ?? [];
      streams.set(stream, own);
      for (const event of await memory.readStream(stream, { from: own.length })) {
        own.push(event);
        all.push(event);
      }
      return result;
    },
    async readStream(stream, options = {}) {
      if (options.direction === 'backwards') return memory.readStream(stream, options);
      const from = options.from ?? 0;
      const own = streams.get(stream) ?? [];
      return own.slice(from, options.limit === undefined ? undefined : from + options.limit);
    },
    async readAll(after, limit) {
      const first = after === START ? 0 : Number(after) + 1;
      return all.slice(first, first + limit);
    },
  };
}
