import type { Faults, FrameSubject } from '../control/faults.ts';

/** One open stream of any kind. */
export type Connection = {
  readonly stream: 'trading' | 'data';
  accountId(): string | null;
  token(): string | null;
  close(): void;
};

export type Connections = ReturnType<typeof createConnections>;

/** All open streams, so that they can be dropped from outside. */
export function createConnections() {
  const open = new Set<Connection>();
  return {
    add(connection: Connection): () => void {
      open.add(connection);
      return () => open.delete(connection);
    },
    /** Drops the streams for which the test holds; gives back how many. */
    drop(isMeant: (connection: Connection) => boolean): number {
      const meant = [...open].filter(isMeant);
      for (const connection of meant) {
        open.delete(connection);
        connection.close();
      }
      return meant.length;
    },
    count: (): number => open.size,
  };
}

const HELD_BACK_FOR = 250;

export type FramePipe = (subject: FrameSubject, send: () => void) => void;

/** Sends frames through the frame faults: dropped, doubled, late, or after the frame that follows. */
export function createFramePipe(faults: Faults): FramePipe {
  let held: (() => void) | null = null;
  const release = (): void => {
    const send = held;
    held = null;
    send?.();
  };
  return (subject, send) => {
    const fault = faults.frame(subject);
    if (fault?.kind === 'reorder_frames') {
      release();
      held = send;
      setTimeout(release, fault.ms ?? HELD_BACK_FOR).unref();
      return;
    }
    if (fault?.kind === 'delay_frames') setTimeout(send, fault.ms ?? 1000).unref();
    else if (fault?.kind !== 'drop_frames') send();
    if (fault?.kind === 'duplicate_frames') send();
    release();
  };
}
