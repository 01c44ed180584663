import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkStarted, onboarding } from '../../../contracts/onboarding.ts';
import type { Person } from './client.suite.ts';
import { cookieOf } from './client.suite.ts';
import { openServer } from './server.suite.ts';
import type { ServerUnderTest } from './server.suite.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.close());

const LINK = '/api/v1/broker-links/alpaca';
async function begin({ token }: Person, environment?: string) {
  const answer = await server.call('POST', LINK, { token, json: environment === undefined ? {} : { environment } });
  const { searchParams } = new URL(linkStarted.parse(answer.json).authorizeUrl);
  return { answer, state: searchParams.get('state') ?? '', environment: searchParams.get('env') };
}
const onboardingOf = async ({ token }: Person) =>
  onboarding.parse((await server.call('GET', '/api/v1/onboarding', { token })).json);

describe('onboarding', () => {
  it('shows at once what was accepted', async () => {
    const person = await server.signUp();
    const before = await onboardingOf(person);
    expect(before).toMatchObject({
      user: { email: person.email },
      mayTrade: false,
      missing: ['disclaimer', 'terms', 'broker_link'],
      plan: { name: 'free', tradesIncluded: 4, tradesUsed: 0, tradesLeft: 4 },
    });
    const json = { disclaimerVersion: before.disclaimer.version, termsVersion: before.terms.version };
    const accepted = await server.call('POST', '/api/v1/onboarding', { token: person.token, json });
    expect(onboarding.parse(accepted.json).missing).toEqual(['broker_link']);
    expect(await onboardingOf(person)).toEqual(accepted.json);
    const old = await server.call('POST', '/api/v1/onboarding', {
      token: person.token,
      json: { ...json, termsVersion: '1999-01' },
    });
    expect([old.status, old.json]).toMatchObject([409, { code: 'wrong_document_version' }]);
  });

  it('counts the trades that are used', async () => {
    const person = await server.trader();
    const form = { instrument: 'AAPL', side: 'buy', type: 'market', qty: '1' };
    await server.call('POST', `/broker/v1/accounts/${person.accountId}/orders`, { token: person.token, form });
    expect((await onboardingOf(person)).plan).toMatchObject({ tradesUsed: 1, tradesLeft: 3 });
  });
});

describe('linking a broker account', () => {
  it('by a browser ends on the trading page, with the browser’s own key', async () => {
    const person = await server.signUp();
    const { answer, state, environment } = await begin(person);
    expect(environment).toBe('paper');
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^tradsy_link=[\w-]{43}; Max-Age=600; Path=\/api\/v1\/broker-links; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    const headers = { cookie: cookieOf(answer) };
    const back = await server.call('GET', `${LINK}/callback?code=good-${person.userId}&state=${state}`, { headers });
    expect([back.status, back.headers.location]).toEqual([303, '/trade?linked=1']);
    expect(back.headers['set-cookie']?.[0]).toMatch(/^tradsy_link=; .*1970/);
    expect((await onboardingOf(person)).brokerLink).toMatchObject({ environment: 'paper', status: 'active' });
    const again = await server.call('GET', `${LINK}/callback?code=good&state=${state}`, { headers });
    expect(again.headers.location).toBe('/link?problem=oauth_state_unknown');
  });

  it('is refused to another browser, when it was declined, and for a code that is wrong', async () => {
    const [person, other] = [await server.signUp(), await server.signUp()];
    const problemOf = async (query: string, headers: Readonly<Record<string, string>>): Promise<string | undefined> =>
      (await server.call('GET', `${LINK}/callback?${query}`, { headers })).headers.location;
    const [mine, theirs] = [await begin(person), await begin(other)];
    const cookie = cookieOf(mine.answer);
    expect(await problemOf(`code=good&state=${theirs.state}`, { cookie })).toBe('/link?problem=oauth_state_unknown');
    expect(await problemOf('', { cookie })).toBe('/link?problem=oauth_state_unknown');
    expect(await problemOf(`error=access_denied&state=${mine.state}`, { cookie })).toBe('/link?problem=oauth_denied');
    const second = await begin(person);
    expect(await problemOf(`code=bad&state=${second.state}`, { cookie: cookieOf(second.answer) })).toBe(
      '/link?problem=oauth_exchange_failed',
    );
    expect((await onboardingOf(person)).brokerLink).toBeNull();
  });

  it('by a program is answered in JSON', async () => {
    const person = await server.signUp();
    const { token } = person;
    const { state } = await begin(person, 'live');
    const query = `code=good-${person.userId}&state=${state}`;
    const linked = await server.call('GET', `${LINK}/callback?${query}`, { token });
    expect([linked.status, linked.json]).toMatchObject([200, { brokerLink: { environment: 'live' } }]);
    const again = await server.call('GET', `${LINK}/callback?${query}`, { token });
    expect([again.status, again.json]).toMatchObject([400, { code: 'oauth_state_unknown' }]);
    const wrong = await server.call('GET', `${LINK}/callback?${query}`, { token: 'garbage' });
    expect([wrong.status, wrong.json]).toMatchObject([401, { code: 'unauthenticated' }]);
  });

  it('can be undone, once', async () => {
    const person = await server.trader();
    const { token } = person;
    expect((await server.call('DELETE', LINK, { token })).status).toBe(204);
    expect(await onboardingOf(person)).toMatchObject({ brokerLink: null, mayTrade: false });
    expect((await server.call('DELETE', LINK, { token })).json).toMatchObject({ code: 'broker_link_missing' });
  });
});
