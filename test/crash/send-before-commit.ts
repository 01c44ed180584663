/**
 * The product with a planted bug, for the crash test to catch: an order is sent to the broker before its admission is
 * committed, and the process dies in between.
 */
import { clientOrderId } from '../../src/domain/order/client-order-id.ts';
import type { Admission } from '../../src/domain/risk-policy/admission.ts';
import type { OrderAdmitted } from '../../src/domain/risk-policy/events.ts';
import { readConfig } from '../../src/bootstrap/config.ts';
import { startProduct } from '../../src/bootstrap/product.ts';

const product = await startProduct(
  readConfig({ ...process.env, TRADSY_CRASH_AT: '' }, process.cwd()),
  () => undefined,
  {
    store: (store, { broker, brokerTokens }) => ({
      ...store,
      readStream: (stream, options) => store.readStream(stream, options),
      readAll: (after, limit) => store.readAll(after, limit),
      subscribe: (after, signal, scope) => store.subscribe(after, signal, scope),
      async append(stream, expected, events) {
        const admitted = events.find((event) => event.type === 'OrderAdmitted');
        if (admitted !== undefined) {
          const { ticket } = admitted.data as OrderAdmitted['data'];
          const [access] = await brokerTokens.of(ticket.accountId);
          if (access !== undefined)
            await broker.submit(access, { ticket } as Admission, clientOrderId(ticket.orderId, 0));
          process.kill(process.pid, 'SIGKILL');
        }
        return store.append(stream, expected, events);
      },
    }),
  },
);
process.on('SIGTERM', () => void product.stop().then(() => process.exit(0)));
