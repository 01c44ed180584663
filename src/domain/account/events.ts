/**
 * What can happen to a user's account. These names and shapes are the stored format: they are added to, never changed.
 * No personal data: e-mail and password live outside the event store.
 */
export interface AccountOpened {
  readonly type: 'AccountOpened';
  readonly data: { readonly userId: string; readonly accountId: string; readonly openedAt: string };
}

/** The trader has read and accepted a text in a certain version. */
export interface DocumentAccepted {
  readonly type: 'DocumentAccepted';
  readonly data: { readonly document: DocumentName; readonly version: string; readonly acceptedAt: string };
}

export type DocumentName = 'disclaimer' | 'terms';

export interface BrokerLinked {
  readonly type: 'BrokerLinked';
  readonly data: {
    readonly linkId: string;
    readonly broker: 'alpaca';
    readonly environment: 'paper' | 'live';
    /** The broker's own id and number of the account. */
    readonly brokerAccountId: string;
    readonly brokerAccountNumber: string;
    readonly linkedAt: string;
  };
}

export interface BrokerUnlinked {
  readonly type: 'BrokerUnlinked';
  readonly data: { readonly linkId: string; readonly unlinkedAt: string };
}

/** The broker refuses our token: the trader took the right back, or it ended. */
export interface BrokerLinkRevoked {
  readonly type: 'BrokerLinkRevoked';
  readonly data: { readonly linkId: string; readonly reason: string; readonly revokedAt: string };
}

/** The first event of a broker account's own stream: whose it is, for good. */
export interface BrokerAccountClaimed {
  readonly type: 'BrokerAccountClaimed';
  readonly data: { readonly userId: string; readonly claimedAt: string };
}

export type AccountEvent = AccountOpened | DocumentAccepted | BrokerLinked | BrokerUnlinked | BrokerLinkRevoked;

/** A shape that must change gets the next version, and an upcaster for what is stored (src/adapters/stored-events). */
export const ACCOUNT_EVENT_VERSIONS: Readonly<Record<(AccountEvent | BrokerAccountClaimed)['type'], number>> = {
  AccountOpened: 1,
  DocumentAccepted: 1,
  BrokerLinked: 1,
  BrokerUnlinked: 1,
  BrokerLinkRevoked: 1,
  BrokerAccountClaimed: 1,
};

export const accountStream = (userId: string): string => `account-${userId}`;
