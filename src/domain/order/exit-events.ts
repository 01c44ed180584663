/** What can happen to the exits of a bracket order, and to the protection that they are. Part of the stored format. */

/** The broker has an exit for this order: recorded on the order whose position it closes. */
export interface ExitLinked {
  readonly type: 'ExitLinked';
  readonly data: { readonly exitOrderId: string; readonly role: 'take_profit' | 'stop_loss' };
}

/** The exit works at the venue; before that it waited for its order to be filled. Recorded on the exit. */
export interface ExitActivated {
  readonly type: 'ExitActivated';
  readonly data: { readonly activatedAt: string };
}

/**
 * The stop loss of a bracket order is not what its position needs: it is missing, or for another quantity. Recorded on
 * the bracket order.
 */
export interface ProtectionMissing {
  readonly type: 'ProtectionMissing';
  readonly data: {
    /** When it was first seen. */
    readonly since: string;
    /** Shares of the order that are still held. */
    readonly openQuantity: string;
    /** What working stop losses would close; more than the position when they are too large. */
    readonly protectedQuantity: string;
    /** Shares that nothing protects. */
    readonly bareQuantity: string;
  };
}

/** The position is protected as it should be, or there is nothing left of it. */
export interface ProtectionRestored {
  readonly type: 'ProtectionRestored';
  readonly data: { readonly openQuantity: string; readonly protectedQuantity: string; readonly restoredAt: string };
}
