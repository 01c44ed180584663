/** A user's account: what was accepted, which broker account is linked, and whether it may trade. */
import type { Decider, Decision } from '../kernel/decider.ts';
import { accept, refuse } from '../kernel/decider.ts';
import { CURRENT_VERSIONS } from './documents.ts';
import type { AccountEvent, BrokerLinked, DocumentName } from './events.ts';

// --- Commands ---

export type AccountCommand =
  | { readonly type: 'OpenAccount'; readonly userId: string; readonly accountId: string; readonly at: string }
  | {
      readonly type: 'AcceptDocument';
      readonly document: DocumentName;
      readonly version: string;
      readonly at: string;
    }
  | ({ readonly type: 'LinkBroker' } & BrokerLinked['data'])
  | { readonly type: 'UnlinkBroker'; readonly at: string }
  | { readonly type: 'RecordLinkRevoked'; readonly linkId: string; readonly reason: string; readonly at: string };

// --- Refusals ---

export type AccountRefusal =
  | { readonly code: 'account_unknown' }
  | { readonly code: 'wrong_document_version'; readonly document: DocumentName; readonly current: string }
  /** The account's history belongs to another account at the broker; positions of two would be mixed. */
  | { readonly code: 'broker_account_differs'; readonly linkedBefore: string }
  | { readonly code: 'broker_link_missing' };

// --- State ---

export interface BrokerLink {
  readonly linkId: string;
  readonly broker: 'alpaca';
  readonly environment: 'paper' | 'live';
  readonly brokerAccountId: string;
  readonly brokerAccountNumber: string;
  readonly linkedAt: string;
  readonly status: 'active' | 'revoked';
}

export interface OpenAccount {
  readonly status: 'open';
  readonly userId: string;
  readonly accountId: string;
  readonly accepted: Readonly<Record<DocumentName, { readonly version: string; readonly at: string } | null>>;
  /** Null before the first link and after unlinking. */
  readonly link: BrokerLink | null;
  /** The broker account that this account's history belongs to; null before the first link. */
  readonly brokerAccountId: string | null;
}

export type AccountState = { readonly status: 'none' } | OpenAccount;

/** What stands between the account and its first order. */
export function missingForTrading(state: OpenAccount): readonly ('disclaimer' | 'terms' | 'broker_link')[] {
  const lacks = (document: DocumentName): boolean => state.accepted[document]?.version !== CURRENT_VERSIONS[document];
  return [
    ...(lacks('disclaimer') ? (['disclaimer'] as const) : []),
    ...(lacks('terms') ? (['terms'] as const) : []),
    ...(state.link?.status === 'active' ? [] : (['broker_link'] as const)),
  ];
}

// --- Decide ---

function decide(command: AccountCommand, state: AccountState): Decision<AccountEvent, AccountRefusal> {
  if (command.type === 'OpenAccount') {
    if (state.status === 'open') return accept();
    const { userId, accountId, at } = command;
    return accept({ type: 'AccountOpened', data: { userId, accountId, openedAt: at } });
  }
  if (state.status === 'none') return refuse({ code: 'account_unknown' });
  switch (command.type) {
    case 'AcceptDocument': {
      const { document, version, at } = command;
      const current = CURRENT_VERSIONS[document];
      if (version !== current) return refuse({ code: 'wrong_document_version', document, current });
      if (state.accepted[document]?.version === version) return accept();
      return accept({ type: 'DocumentAccepted', data: { document, version, acceptedAt: at } });
    }
    case 'LinkBroker': {
      const { type: _type, ...link } = command;
      if (state.brokerAccountId !== null && state.brokerAccountId !== link.brokerAccountId) {
        return refuse({ code: 'broker_account_differs', linkedBefore: state.brokerAccountId });
      }
      if (state.link?.linkId === link.linkId) return accept();
      return accept({ type: 'BrokerLinked', data: link });
    }
    case 'UnlinkBroker':
      if (state.link === null) return refuse({ code: 'broker_link_missing' });
      return accept({ type: 'BrokerUnlinked', data: { linkId: state.link.linkId, unlinkedAt: command.at } });
    case 'RecordLinkRevoked': {
      const { linkId, reason, at } = command;
      if (state.link?.linkId !== linkId || state.link.status === 'revoked') return accept();
      return accept({ type: 'BrokerLinkRevoked', data: { linkId, reason, revokedAt: at } });
    }
  }
}

// --- Evolve ---

function evolve(state: AccountState, event: AccountEvent): AccountState {
  if (event.type === 'AccountOpened') {
    const { userId, accountId } = event.data;
    const accepted = { disclaimer: null, terms: null };
    return { status: 'open', userId, accountId, accepted, link: null, brokerAccountId: null };
  }
  if (state.status === 'none') throw new Error(`an account can not begin with ${event.type}`);
  switch (event.type) {
    case 'DocumentAccepted': {
      const { document, version, acceptedAt } = event.data;
      return { ...state, accepted: { ...state.accepted, [document]: { version, at: acceptedAt } } };
    }
    case 'BrokerLinked':
      return { ...state, link: { ...event.data, status: 'active' }, brokerAccountId: event.data.brokerAccountId };
    case 'BrokerUnlinked':
      return { ...state, link: null };
    case 'BrokerLinkRevoked':
      return { ...state, link: state.link === null ? null : { ...state.link, status: 'revoked' } };
  }
}

export const account: Decider<AccountCommand, AccountEvent, AccountState, AccountRefusal> = {
  initial: { status: 'none' },
  evolve,
  decide,
};
