/** Bugs in sending orders. */
import type { Container } from 'inversify';
import type { OrderEntry, SubmitOutcome } from '../../../src/application/ports/broker.ts';
import { PORT } from '../../../src/bootstrap/container.ts';
import { clientOrderId } from '../../../src/domain/order/client-order-id.ts';
import type { Admission } from '../../../src/domain/risk-policy/admission.ts';
import type { OrderAdmitted } from '../../../src/domain/risk-policy/events.ts';
import type { Bug } from './bug.ts';
import { waitFor, withBroker, withOrders, withStore } from './parts.ts';

type Submit = OrderEntry['submit'];

/** What is done when no telling answer came. */
const whenUnknown =
  (
    make: (
      submit: Submit,
      container: Container,
    ) => (outcome: Extract<SubmitOutcome, { kind: 'unknown' }>, ...asked: Parameters<Submit>) => Promise<SubmitOutcome>,
  ): Bug['plant'] =>
  (container) =>
    withBroker(container, ({ submit }) => {
      const act = make(submit, container);
      return {
        async submit(...asked) {
          const outcome = await submit(...asked);
          return outcome.kind === 'unknown' ? act(outcome, ...asked) : outcome;
        },
      };
    });

const rejected = (reason: string): SubmitOutcome => ({ kind: 'rejected', code: null, reason });

export const SENDING: readonly Bug[] = [
  {
    name: 'send-before-commit',
    sentence: 'An order is sent to the broker before its admission is committed.',
    breaks: ['I2', 'I8', 'I9'],
    plant(container) {
      const { broker } = container.get(PORT.alpaca);
      const tokens = container.get(PORT.brokerTokens);
      withStore(container, (store) => ({
        async append(stream, expected, events) {
          const admitted = events.find((event) => event.type === 'OrderAdmitted')?.data as
            OrderAdmitted['data'] | undefined;
          if (admitted !== undefined) {
            const { ticket } = admitted;
            const [access] = await tokens.of(ticket.accountId);
            if (access !== undefined)
              await broker.submit(access, { ticket } as Admission, clientOrderId(ticket.orderId, 0));
          }
          return store.append(stream, expected, events);
        },
      }));
    },
  },
  {
    name: 'new-id-on-resend',
    sentence: 'After a time-out the order is sent again under a new client order id.',
    breaks: ['I2', 'I8', 'I9'],
    plant: whenUnknown((submit, container) => {
      const ids = container.get(PORT.ids);
      return (_outcome, access, admission) => submit(access, admission, clientOrderId(ids.random(), 0));
    }),
  },
  {
    name: 'blind-retry',
    sentence: 'After a time-out the order is sent again under the same id, which a broker may have forgotten.',
    breaks: ['I2', 'I9'],
    plant: whenUnknown((submit, container) => {
      const wait = waitFor(container);
      return async (_outcome, ...asked) => {
        await wait(150);
        return submit(...asked);
      };
    }),
  },
  {
    name: 'time-out-is-rejected',
    sentence: 'An order whose answer never came is recorded as rejected.',
    breaks: ['I1', 'I5'],
    plant: whenUnknown(
      () =>
        async ({ reason }) =>
          rejected(reason),
    ),
  },
  {
    name: 'not-found-is-rejected',
    sentence: 'An order in doubt that the broker does not know at once is recorded as rejected.',
    breaks: ['I1', 'I5'],
    plant: whenUnknown((_submit, container) => {
      const { broker } = container.get(PORT.alpaca);
      return async (outcome, access, _admission, id) => {
        const found = await broker.byClientOrderId(access, id);
        return found.kind === 'not_found' ? rejected('The broker does not know the order.') : outcome;
      };
    }),
  },
  {
    name: 'html-403-is-rejected',
    sentence: 'A page with status 403, which somebody on the way made, is taken for the broker’s refusal.',
    breaks: ['I1', 'I5'],
    plant: whenUnknown(
      () => async (outcome) => (outcome.reason.startsWith('HTTP 403') ? rejected(outcome.reason) : outcome),
    ),
  },
  {
    name: 'claim-forgotten-on-restart',
    sentence: 'After a restart an order that had been claimed is taken for one that was never sent, and is sent.',
    breaks: ['I2'],
    plant(container) {
      const own = new Set<string>();
      const ids = container.get(PORT.ids);
      const clock = container.get(PORT.clock);
      const cause = () =>
        ({ correlationId: ids.random(), causationId: null, actor: { kind: 'system', id: 'order-desk' } }) as const;
      withOrders(container, (orders) => ({
        handle(stream, command, ...rest) {
          if (command.type === 'ClaimSubmission') own.add(command.claimId);
          return orders.handle(stream, command, ...rest);
        },
        async load(stream) {
          const state = await orders.load(stream);
          if (state.status !== 'claimed' || state.claimId === null || own.has(state.claimId)) return state;
          const failed = {
            type: 'RecordSubmissionFailed',
            claimId: state.claimId,
            reason: 'The process ended.',
            at: clock.now(),
          } as const;
          return (await orders.handle(stream, failed, cause())).state;
        },
      }));
    },
  },
];
