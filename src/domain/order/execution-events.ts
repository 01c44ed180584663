/**
 * What can happen to the executions of an order: they become known, and the broker may bust (undo) or correct them, even
 * long after the order has ended. Part of the stored format.
 */
export interface Execution {
  readonly brokerOrderId: string;
  /** The broker's name for it on the update stream, where that told of it: busts and corrections go by this name. */
  readonly executionId: string | null;
  /** The broker's name for it in its records, where those told of it. */
  readonly recordId: string | null;
  readonly quantity: string;
  readonly price: string;
  /** Filled of this broker order after the execution: with its id, what makes an execution unique. */
  readonly cumulativeQuantity: string;
  readonly executedAt: string;
}

/** What of an execution counts: nothing of a busted one. */
export interface Counted {
  readonly quantity: string;
  readonly price: string;
}

export interface Fill {
  readonly execution: Execution;
  /**
   * How many earlier executions of the broker order had the same cumulative quantity: none, unless the broker's count went
   * down with a bust and came back to the same number.
   */
  readonly repeat: number;
  /** Less than the whole, or nothing, when it was busted or corrected before it became known. */
  readonly counted: Counted;
  /** Filled of the whole order, replaced broker orders included. */
  readonly filledQuantity: string;
  readonly leavesQuantity: string;
  /** The order had ended, or had no quantity left, when the execution became known. It counts all the same. */
  readonly late: boolean;
}

/** Of a known execution another amount counts than before. */
export interface Recount {
  readonly brokerOrderId: string;
  readonly cumulativeQuantity: string;
  readonly repeat: number;
  readonly before: Counted;
  readonly after: Counted;
}

interface Amended {
  readonly brokerOrderId: string;
  /** The broker's name for the execution that it changes. */
  readonly executionId: string;
  /** Filled of this broker order by the broker's own count after it, which may or may not follow the change. */
  readonly brokerFilledQuantity: string;
  /** Null when the execution is not known yet: it will count as amended from the start. */
  readonly recount: Recount | null;
  /** Filled of the whole order after it. */
  readonly filledQuantity: string;
  /** The order had ended. */
  readonly late: boolean;
  readonly reason: string | null;
}

/** The broker has undone an execution: its shares and its money are gone again. */
export interface ExecutionBusted {
  readonly type: 'ExecutionBusted';
  readonly data: Amended & {
    /** The broker's name for the bust, where it has one. */
    readonly bustId: string | null;
    readonly bustedAt: string;
  };
}

/** The broker has changed the quantity or the price of an execution. */
export interface ExecutionCorrected {
  readonly type: 'ExecutionCorrected';
  readonly data: Amended & {
    /** How the execution is called from now on. */
    readonly correctedId: string;
    readonly corrected: Counted;
    readonly correctedAt: string;
  };
}

/**
 * An execution was told that has the cumulative quantity of another one and yet may not be it: until the broker's words tell
 * the two apart they count once.
 */
export interface ExecutionHeldBack {
  readonly type: 'ExecutionHeldBack';
  readonly data: { readonly execution: Execution };
}

/** A known execution was told of under its other name too. */
export interface ExecutionIdentified {
  readonly type: 'ExecutionIdentified';
  readonly data: {
    readonly brokerOrderId: string;
    readonly cumulativeQuantity: string;
    readonly repeat: number;
    /** Both names of it, as far as they are known. */
    readonly executionId: string | null;
    readonly recordId: string | null;
    /** When a bust or a correction has waited for the name. */
    readonly recount: Recount | null;
    readonly filledQuantity: string;
    readonly late: boolean;
  };
}

/**
 * The broker counts more of a broker order than stands here, and its records hold no execution that is not known: it goes
 * on counting what it has busted. So much more is not asked for again.
 */
export interface ExecutionsConfirmed {
  readonly type: 'ExecutionsConfirmed';
  readonly data: {
    readonly brokerOrderId: string;
    readonly brokerFilledQuantity: string;
    /** What stands of the broker order here. */
    readonly standingQuantity: string;
    readonly confirmedAt: string;
  };
}

/** Which execution: unique within an account. `version` is null for the execution as it first was. */
export const executionKey = (
  { brokerOrderId, cumulativeQuantity }: Pick<Execution, 'brokerOrderId' | 'cumulativeQuantity'>,
  repeat: number,
  version: string | null = null,
): string => {
  const first = `${brokerOrderId}:${cumulativeQuantity}`;
  const key = repeat === 0 ? first : `${first}#${repeat + 1}`;
  return version === null ? key : `${key}/${version}`;
};
