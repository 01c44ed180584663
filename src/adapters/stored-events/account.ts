/** The stored shapes of the events of accounts. */
import { z } from 'zod';
import type {
  AccountEvent,
  AccountOpened,
  BrokerAccountClaimed,
  BrokerLinked,
  BrokerLinkRevoked,
  BrokerUnlinked,
  DocumentAccepted,
} from '../../domain/account/events.ts';
import { shapeOf, time } from './shape.ts';
import type { Shapes } from './shape.ts';

export const ACCOUNT_SHAPES: Shapes<AccountEvent | BrokerAccountClaimed> = {
  AccountOpened: shapeOf<AccountOpened>()(
    z.strictObject({ userId: z.string(), accountId: z.string(), openedAt: time }),
  ),
  DocumentAccepted: shapeOf<DocumentAccepted>()(
    z.strictObject({ document: z.enum(['disclaimer', 'terms']), version: z.string(), acceptedAt: time }),
  ),
  BrokerLinked: shapeOf<BrokerLinked>()(
    z.strictObject({
      linkId: z.string(),
      broker: z.literal('alpaca'),
      environment: z.enum(['paper', 'live']),
      brokerAccountId: z.string(),
      brokerAccountNumber: z.string(),
      linkedAt: time,
    }),
  ),
  BrokerUnlinked: shapeOf<BrokerUnlinked>()(z.strictObject({ linkId: z.string(), unlinkedAt: time })),
  BrokerLinkRevoked: shapeOf<BrokerLinkRevoked>()(
    z.strictObject({ linkId: z.string(), reason: z.string(), revokedAt: time }),
  ),
  BrokerAccountClaimed: shapeOf<BrokerAccountClaimed>()(z.strictObject({ userId: z.string(), claimedAt: time })),
};
