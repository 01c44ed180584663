import { describe, expect, it } from 'vitest';
import { account, missingForTrading } from './account.ts';
import type { AccountCommand, AccountState, OpenAccount } from './account.ts';
import { CURRENT_VERSIONS } from './documents.ts';
import type { AccountEvent } from './events.ts';

const AT = '2026-03-02T15:00:00.000Z';
const open: AccountCommand = { type: 'OpenAccount', userId: 'U', accountId: 'A', at: AT };
const accept = (document: 'disclaimer' | 'terms', version = CURRENT_VERSIONS[document]): AccountCommand => ({
  type: 'AcceptDocument',
  document,
  version,
  at: AT,
});
const link = (linkId = 'L1', brokerAccountId = 'PA1'): AccountCommand => ({
  type: 'LinkBroker',
  linkId,
  broker: 'alpaca',
  environment: 'paper',
  brokerAccountId,
  brokerAccountNumber: `No. ${brokerAccountId}`,
  linkedAt: AT,
});
const unlink: AccountCommand = { type: 'UnlinkBroker', at: AT };
const revoked = (linkId: string): AccountCommand => ({ type: 'RecordLinkRevoked', linkId, reason: '401', at: AT });

function after(...commands: readonly AccountCommand[]): { state: AccountState; events: AccountEvent[] } {
  let state = account.initial;
  const events: AccountEvent[] = [];
  for (const command of commands) {
    const decision = account.decide(command, state);
    if (decision.kind === 'refused') throw new Error(decision.refusal.code);
    events.push(...decision.events);
    state = decision.events.reduce(account.evolve, state);
  }
  return { state, events };
}
const missing = (...commands: readonly AccountCommand[]) =>
  missingForTrading(after(open, ...commands).state as OpenAccount);

describe('an account', () => {
  it('may trade once the texts are accepted and a broker is linked', () => {
    expect(missing()).toEqual(['disclaimer', 'terms', 'broker_link']);
    expect(missing(accept('disclaimer'), accept('terms'))).toEqual(['broker_link']);
    expect(missing(accept('disclaimer'), accept('terms'), link())).toEqual([]);
  });
  it('may not trade without its link', () => {
    const ready = [accept('disclaimer'), accept('terms'), link()];
    expect(missing(...ready, unlink)).toEqual(['broker_link']);
    expect(missing(...ready, revoked('L1'))).toEqual(['broker_link']);
    expect(missing(...ready, revoked('L1'), link('L2'))).toEqual([]);
    expect(missing(...ready, revoked('another link'))).toEqual([]);
  });
  it('records everything once', () => {
    const all = [open, accept('disclaimer'), accept('terms'), link(), revoked('L1')];
    expect(after(...all.flatMap((each) => [each, each])).events).toEqual(after(...all).events);
  });
  it('refuses an old version of a text', () => {
    expect(account.decide(accept('terms', '2020-01'), after(open).state)).toMatchObject({
      kind: 'refused',
      refusal: { code: 'wrong_document_version', current: CURRENT_VERSIONS.terms },
    });
  });
  it('keeps to one account at the broker', () => {
    const { state } = after(open, link('L1', 'PA1'), unlink);
    expect(account.decide(link('L2', 'PA2'), state)).toEqual({
      kind: 'refused',
      refusal: { code: 'broker_account_differs', linkedBefore: 'PA1' },
    });
    expect(account.decide(link('L2', 'PA1'), state).kind).toBe('accepted');
  });
  it('refuses what needs an account or a link', () => {
    expect(account.decide(link(), account.initial)).toEqual({ kind: 'refused', refusal: { code: 'account_unknown' } });
    expect(account.decide(unlink, after(open).state)).toEqual({
      kind: 'refused',
      refusal: { code: 'broker_link_missing' },
    });
  });
});
