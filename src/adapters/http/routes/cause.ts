import type { Cause } from '../../../application/handle.ts';
import type { Principal } from '../route.ts';

/** A request of a signed-in user, as the cause of what follows from it. */
export const causeOf = (call: { readonly principal: Principal; readonly correlationId: string }): Cause => ({
  correlationId: call.correlationId,
  causationId: null,
  actor: { kind: 'user', id: call.principal.userId },
});
