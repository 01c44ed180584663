/** The calls that a follower of order updates gets: strictly one after another, as the port promises. */
import type { BrokerUpdate, OrderUpdates } from '../../application/ports/broker.ts';

type Listener = Parameters<OrderUpdates['follow']>[1];

export interface ListenerCalls {
  /** `stands`: whether the subscription that is told of is still there. */
  connected(stands: () => boolean): void;
  update(update: BrokerUpdate): void;
  /** Resolves when every call so far has ended; rejects with the error of a call that failed. */
  settled(): Promise<void>;
}

/** None begins once `ending` has aborted; `onFailure` is told when one of them has failed. */
export function createListenerCalls(listener: Listener, ending: AbortSignal, onFailure: () => void): ListenerCalls {
  let last: Promise<void> = Promise.resolve();
  const add = (call: () => Promise<void>): void => {
    last = last.then(() => (ending.aborted ? undefined : call()));
    last.catch(onFailure);
  };
  return {
    connected: (stands) =>
      add(async () => {
        await listener.onConnected();
        // Behind all that has come by now.
        add(async () => {
          if (stands()) listener.onCaughtUp();
        });
      }),
    update: (update) => add(() => listener.onUpdate(update)),
    settled: () => last,
  };
}
