/**
 * The broker's update streams: connections that break loudly or silently, and messages that are dropped, doubled or
 * late. A follower gets them one after another, as the port promises.
 */
import { createListenerCalls } from '../../src/adapters/alpaca/listener-calls.ts';
import type { ListenerCalls } from '../../src/adapters/alpaca/listener-calls.ts';
import type { Broker, BrokerUpdate } from '../../src/application/ports/broker.ts';
import type { Faults } from './faults.ts';
import type { ProcessLife } from './life.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Publish } from './venue.ts';
import type { VenueAccount } from './venue-order.ts';

/** A connection of which nobody hears that it is dead is given up after so long: a ping, and no pong. */
const SILENCE_NOTICED_MS = [5_000, 15_000] as const;
const RECONNECT_MS = [250, 1_000, 2_000, 4_000, 8_000];

interface Connection {
  readonly account: VenueAccount;
  readonly life: ProcessLife;
  /** Nothing arrives any more, though the follower does not know. */
  dead: boolean;
  receive(update: BrokerUpdate): void;
  /** The follower learns that it is over. */
  broken(why: string): void;
}

export interface Streams {
  readonly publish: Publish;
  followerOf(life: ProcessLife): Broker['follow'];
  /** For a while no connection stands, and none can be made. */
  outage(milliseconds: number): void;
  /** One connection breaks. */
  cutOne(): void;
  /** Those of an account break. */
  cut(account: VenueAccount): void;
}

export interface StreamParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
  accountOf(token: string): VenueAccount | null;
}

export function createStreams({ scheduler, random, faults, accountOf }: StreamParts): Streams {
  const connections = new Set<Connection>();
  let outUntil = 0;

  const trip = (): number => (random.chance(0.05) ? random.between(50, 800) : random.between(1, 20));

  function publish(account: VenueAccount, update: BrokerUpdate): void {
    for (const connection of connections) {
      if (connection.account !== account || connection.dead) continue;
      // A bust that nobody hears of shows in nothing but the position.
      const fault = update.kind === 'order' && update.amendment !== null ? null : faults.ofFrame();
      if (fault === 'dropped') continue;
      const arrive = (after: number) => connection.life.after(after, () => connection.receive(update));
      arrive(fault === 'delayed' ? random.between(100, 6_000) : trip());
      if (fault === 'doubled') arrive(random.between(1, 3_000));
    }
  }

  function breakOff(connection: Connection): void {
    if (connection.dead) return;
    connection.dead = true;
    const silent = random.chance(0.3);
    faults.count(silent ? 'stream went silent' : 'stream cut');
    connection.life.after(silent ? random.between(...SILENCE_NOTICED_MS) : trip(), () => connection.broken('broken'));
  }

  /** One connection, until it ends. `stood`: the subscription had been confirmed. */
  function connect(
    life: ProcessLife,
    account: VenueAccount,
    calls: ListenerCalls,
    signal: AbortSignal,
  ): Promise<{ stood: boolean }> {
    return new Promise((resolve) => {
      let stood = false;
      const early: BrokerUpdate[] = [];
      const finish = (): void => {
        forget();
        connections.delete(connection);
        signal.removeEventListener('abort', finish);
        resolve({ stood });
      };
      const connection: Connection = {
        account,
        life,
        dead: false,
        receive: (update) => {
          if (!connections.has(connection)) return;
          if (stood) calls.update(update);
          else early.push(update);
        },
        broken: finish,
      };
      const forget = life.onEnd(() => connections.delete(connection));
      if (signal.aborted) return finish();
      signal.addEventListener('abort', finish);
      if (outUntil > scheduler.now()) {
        life.after(trip(), finish);
        return;
      }
      life.after(trip() + trip(), () => {
        if (signal.aborted) return;
        connections.add(connection);
        life.after(trip(), () => {
          if (!connections.has(connection)) return;
          stood = true;
          calls.connected(() => connections.has(connection));
          for (const update of early) calls.update(update);
        });
      });
    });
  }

  return {
    publish,
    followerOf: (life) => async (access, listener, signal) => {
      const over = new AbortController();
      const ending = AbortSignal.any([signal, over.signal]);
      const calls = createListenerCalls(listener, ending, () => over.abort());
      let failures = 0;
      while (!ending.aborted) {
        const account = accountOf(access.token);
        if (account === null) return 'unauthorized';
        const { stood } = await connect(life, account, calls, ending);
        if (ending.aborted) break;
        listener.onTrouble('the connection broke');
        failures = stood ? 0 : failures + 1;
        await life.clock.sleep(RECONNECT_MS[Math.min(failures, RECONNECT_MS.length - 1)] ?? 0, ending);
      }
      await calls.settled();
      return 'stopped';
    },
    outage(milliseconds) {
      outUntil = scheduler.now() + milliseconds;
      faults.count('stream outage');
      for (const connection of connections) breakOff(connection);
    },
    cut(account) {
      for (const connection of connections) if (connection.account === account) breakOff(connection);
    },
    cutOne() {
      const standing = [...connections].filter(({ dead, life }) => !dead && !life.ended);
      if (standing.length > 0) breakOff(random.pick(standing));
    },
  };
}
