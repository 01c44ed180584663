/** Bugs in keeping what was promised. */
import { START } from '../../../src/application/ports/event-store.ts';
import type { Actor } from '../../../src/application/ports/event-store.ts';
import { PORT, replacePart } from '../../../src/bootstrap/container.ts';
import type { Bug } from './bug.ts';
import { NO_HALTS } from '../../../src/domain/risk-policy/kill-switch/state.ts';
import { waitFor, withBroker, withStore } from './parts.ts';

/** How much later a part does what it said it had done. */
const LATE_MS = 150;

export const KEEPING: readonly Bug[] = [
  {
    name: 'answer-before-commit',
    sentence: 'An order is answered with success a moment before it is committed.',
    breaks: ['I1'],
    plant: (container) =>
      withStore(container, (store) => {
        const wait = waitFor(container);
        const behind = new Map<string, Promise<unknown>>();
        const caughtUp = (stream: string): Promise<unknown> => behind.get(stream) ?? Promise.resolve();
        return {
          async append(stream, expected, events) {
            const early = events.some(({ type }) => type === 'OrderAdmitted' || type === 'OrderPlaced');
            if (!early || expected === 'any')
              return caughtUp(stream).then(() => store.append(stream, expected, events));
            const late = caughtUp(stream)
              .then(() => wait(LATE_MS))
              .then(() => store.append(stream, expected, events));
            behind.set(
              stream,
              late.catch(() => undefined),
            );
            const revision = (expected === 'no-stream' ? -1 : expected) + events.length;
            return { kind: 'appended', revision, position: START, repeated: false };
          },
          readStream: (stream, options) => caughtUp(stream).then(() => store.readStream(stream, options)),
        };
      }),
  },
  {
    name: 'checkpoint-before-booking',
    sentence: 'The checkpoint moves past a fill before the fill is booked.',
    breaks: ['I3', 'I6'],
    plant(container) {
      const wait = waitFor(container);
      replacePart(container, PORT.aggregates, ({ risk, ...others }) => ({
        ...others,
        risk: {
          ...risk,
          async handle(stream, command, ...rest) {
            if (command.type !== 'BookFill') return risk.handle(stream, command, ...rest);
            void wait(LATE_MS)
              .then(() => risk.handle(stream, command, ...rest))
              .catch(() => undefined);
            return { kind: 'done', events: [], state: await risk.glance(stream), position: null };
          },
        },
      }));
    },
  },
  {
    name: 'doubts-forgotten',
    sentence: 'An order in doubt is not looked up, and nobody is told of it.',
    breaks: ['I1', 'I12'],
    plant(container) {
      replacePart(container, PORT.log, (log) => ({
        ...log,
        alarm: (message, facts) =>
          /in doubt|given up/.test(message) ? log.info(message, facts) : log.alarm(message, facts),
      }));
      withBroker(container, () => ({ byClientOrderId: async () => ({ kind: 'unknown', reason: 'not asked' }) }));
    },
  },
  {
    name: 'halts-ignored',
    sentence: 'Whether trading is halted is not asked: it never is.',
    breaks: ['I8'],
    plant: (container) =>
      replacePart(container, PORT.readHalts, () => {
        const clock = container.get(PORT.clock);
        return () => Promise.resolve({ state: NO_HALTS, asOf: clock.now() });
      }),
  },
  {
    name: 'actor-mixed-up',
    sentence: 'Who acts is kept in a place that all requests share, so an event names whoever asked before.',
    breaks: ['I7'],
    plant: (container) =>
      withStore(container, (store) => {
        let before: Actor | null = null;
        return {
          append(stream, expected, events) {
            const mixed = events.map((event) => {
              const { actor } = event.metadata;
              if (actor.kind !== 'user') return event;
              const named = before ?? actor;
              before = actor;
              return { ...event, metadata: { ...event.metadata, actor: named } };
            });
            return store.append(stream, expected, mixed);
          },
        };
      }),
  },
];
