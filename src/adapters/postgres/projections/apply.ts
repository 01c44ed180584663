/** Applying events to all views: many at once while all goes well, one by one around an event that a view can not take. */
import type { ClientBase } from 'pg';

import type { Position, RecordedEvent } from '../../../application/ports/event-store.ts';
import { describe, mayBeOfTheEvent, tellingNoAnswer, unreadable } from './failures.ts';
import { quarantine, StreamQuarantined, type IsQuarantined } from './quarantine.ts';
import type { View } from './view.ts';

/** Some event of a batch could not be applied, and nothing says which: the batch is to be redone with care. */
export class BatchFailed extends Error {
  override readonly name = 'BatchFailed';
  /** Of the batch's last event. */
  readonly upTo: Position;

  constructor(upTo: Position, cause: unknown) {
    super(describe(cause), { cause });
    this.upTo = upTo;
  }
}

/** Has each view apply those of the events, at least one, that it takes note of. Throws BatchFailed. */
export async function applyTogether(
  tx: ClientBase,
  views: readonly View[],
  events: readonly RecordedEvent[],
  isQuarantined: IsQuarantined,
): Promise<void> {
  try {
    for (const event of events) {
      const problem = unreadable(event);
      const isNews = problem !== null && views.some(({ name }) => !isQuarantined(name, event.stream));
      if (isNews) throw new Error(problem);
    }
    for (const view of views) {
      const own = events.filter(({ type, stream }) => view.types.includes(type) && !isQuarantined(view.name, stream));
      if (own.length > 0) await view.apply(tellingNoAnswer(tx), own);
    }
  } catch (error) {
    throw new BatchFailed(events.at(-1)!.position, error);
  }
}

/**
 * The same for one event. A view that can not apply it has its stream quarantined; an event that can not be read is of a
 * type that nobody knows, so every view has. Gives what was quarantined. Throws what is not the event's fault.
 */
export async function applyWithCare(
  tx: ClientBase,
  views: readonly View[],
  event: RecordedEvent,
  isQuarantined: IsQuarantined,
): Promise<readonly StreamQuarantined[]> {
  const found: StreamQuarantined[] = [];
  for (const view of views) {
    if (isQuarantined(view.name, event.stream)) continue;
    const problem = unreadable(event) ?? (await tryToApply(tx, view, [event]));
    if (problem === null) continue;
    await quarantine(tx, view.name, event, problem);
    found.push(new StreamQuarantined(view.name, event, problem));
  }
  return found;
}

/** Null when the view has applied those that it takes note of; otherwise why it could not, with its rows as before. */
export async function tryToApply(tx: ClientBase, view: View, events: readonly RecordedEvent[]): Promise<string | null> {
  const own = events.filter(({ type }) => view.types.includes(type));
  if (own.length === 0) return null;
  await tx.query('savepoint before_apply');
  try {
    await view.apply(tellingNoAnswer(tx), own);
  } catch (error) {
    if (!mayBeOfTheEvent(error)) throw error;
    await tx.query('rollback to savepoint before_apply');
    return describe(error);
  }
  await tx.query('release savepoint before_apply');
  return null;
}
