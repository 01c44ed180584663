/** Events of real orders, as many as wanted: one account's life, decided by the domain, told again under other ids. */
import { createHash } from 'node:crypto';
import { createMemoryEventStore } from '../src/adapters/memory/event-store.ts';
import { ACCOUNT, AT, createDesk, USER } from '../src/adapters/postgres/views/desk.suite.ts';
import { eventId } from '../src/application/ports/event-id.ts';
import { START, type NewEvent } from '../src/application/ports/event-store.ts';
import { CURRENT_VERSIONS } from '../src/domain/account/documents.ts';

/** An event and the stream that it belongs to, in the order in which they happened. */
export interface Happened {
  readonly stream: string;
  readonly event: NewEvent;
}

const SYMBOLS = ['AAPL', 'IBM', 'SPY', 'MSFT'];
const ROUNDS = 6;

/** Endless: account after account, each with some eighty orders in its time. */
export async function* orderEvents(): AsyncGenerator<Happened> {
  const life = await oneLife();
  for (let account = 0; ; account += 1) yield* life(account);
}

/** The life of an account with every common end of an order, and how to tell it again for the account of a number. */
async function oneLife(): Promise<(account: number) => Generator<Happened>> {
  const store = createMemoryEventStore({ now: () => AT });
  const desk = createDesk(store);
  await desk.account({ type: 'OpenAccount', userId: USER, accountId: ACCOUNT, at: AT });
  await desk.account({ type: 'AcceptDocument', document: 'terms', version: CURRENT_VERSIONS.terms, at: AT });
  await desk.account({
    type: 'LinkBroker',
    linkId: 'L1',
    broker: 'alpaca',
    environment: 'paper',
    brokerAccountId: `at-the-broker-${ACCOUNT}`,
    brokerAccountNumber: 'PA123',
    linkedAt: AT,
  });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const symbol of SYMBOLS) {
      await desk.trade('buy', '2.5', '187.2', { symbol });
      const inParts = await desk.send({ symbol });
      await desk.fill(inParts, '3', '3');
      await desk.fill(inParts, '7', '10');
      await desk.trade('sell', '4', '188.1', { symbol });
    }
    await desk.assess({ quantity: '100000' });
    const changed = await desk.send();
    const terms = { quantity: '12', limitPrice: '186.5', stopPrice: null, timeInForce: 'gtc' } as const;
    await desk.order(changed, { type: 'RequestReplace', terms, at: AT });
    await desk.tell(changed, { revision: 1, brokerOrderId: `second-${changed}` });
    await desk.order(changed, { type: 'RequestCancel', at: AT });
  }
  const happened = await store.readAll(START, 100_000);
  const orders = new Set(happened.map(({ stream }) => stream).filter((stream) => stream.startsWith('order-')));
  const names = [USER, ACCOUNT, ...[...orders].map((stream) => stream.slice('order-'.length))];
  const anyName = new RegExp(names.join('|'), 'g');
  const texts = happened.map(({ stream, type, data, metadata }) => ({
    stream,
    type,
    data: JSON.stringify(data),
    metadata: JSON.stringify(metadata),
  }));

  return function* tell(account) {
    const renamed = new Map(names.map((name) => [name, uuidOf(`${account}/${name}`)]));
    const rename = (text: string): string => text.replace(anyName, (name) => renamed.get(name) ?? name);
    for (const [index, { stream, type, data, metadata }] of texts.entries()) {
      const own = rename(stream);
      yield {
        stream: own,
        event: {
          id: eventId(own, uuidOf(`${account}/${index}`)),
          type,
          data: JSON.parse(rename(data)),
          metadata: JSON.parse(rename(metadata)),
        },
      };
    }
  };
}

/** The same UUID for the same name, every time. */
function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
