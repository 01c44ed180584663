/** The owner of the database can switch the trigger off and change what is stored; a verification against the heads says so. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { headsOver } from '../../../bench/audit/sample-log.ts';
import { openTestStore, type TestStore } from '../../../test/support/postgres-store.ts';
import { followAll, put, samples } from '../../application/ports/event-store-samples.suite.ts';
import type { StoredEvent } from '../../application/ports/event-chain.ts';
import type { SignedHead } from '../../application/ports/heads.ts';
import { systemClock } from '../node/clock-and-ids.ts';
import { verdictLine } from '../words/audit.ts';
import { signingKey, trustIn } from './keys.ts';
import type { LogSource } from './log-source.ts';
import { postgresSource } from '../postgres/log-source.ts';
import type { Verdict } from './verdict.ts';
import { verifyStore } from './verify-store.ts';

const STREAMS = ['order-1', 'order-2', 'risk-1'];
const ROUNDS = 8;
const HEAD_EVERY = 6;

const signer = signingKey(Buffer.alloc(32, 1));
let test: TestStore;
let source: LogSource;
let heads: readonly SignedHead[];

beforeAll(async () => {
  test = await openTestStore();
  source = { ...postgresSource(test.pool), name: 'sample' };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const stream of STREAMS) await put(test.store, stream, samples(1, stream));
  }
  // Other tests write on the same server: until they are done, a read of the log may end before its end.
  await followAll(test.store, STREAMS.length * ROUNDS);
  heads = headsOver(await stored(), HEAD_EVERY, signer);
  await test.owner.query('create table kept as table events');
  await test.owner.query('alter table events disable trigger events_append_only');
  await test.owner.query('alter table events alter column global_position drop identity');
});
afterAll(() => test.close());

const stored = (): Promise<readonly StoredEvent[]> => source.readAfter('', 1_000);

const verify = (): Promise<Verdict> =>
  verifyStore({ source, heads, trust: trustIn([signer.pem]), now: systemClock.now, onProgress: () => {} });

/** Tampers, verifies, and puts back what was. */
async function verifyAfter(...statements: readonly string[]): Promise<Verdict> {
  for (const statement of statements) await test.owner.query(statement);
  const verdict = await verify();
  await test.owner.query('delete from events');
  await test.owner.query('insert into events select * from kept');
  expect(await verify()).toMatchObject({ kind: 'ok', events: 24, heads: 4 });
  return verdict;
}

/** One event by its revision in `order-2`: number 2 + 3 * revision of the log. */
const REVISIONS = [0, 3, 7];

const CHANGES = {
  'a value': `data = '{"index":9}'`,
  'a space between its fields': `data = '{ "index":0}'`,
  'the same value given twice': `data = '{"index":0,"index":0}'`,
  'its metadata': `metadata = replace(metadata::text, 'suite', 'other')::json`,
  'its type': `type = 'Other'`,
  'its time': `recorded_at = recorded_at + interval '1 millisecond'`,
  'its id': `id = overlay(id::text placing 'abc' from 34)::uuid`,
  'its hash': `hash = repeat('a', 64)`,
  'its revision': `revision = revision + 100`,
};

it.each(Object.entries(CHANGES).flatMap(([what, set]) => REVISIONS.map((revision) => ({ what, set, revision }))))(
  'names revision $revision after a change of $what',
  async ({ set, revision }) => {
    const at = `stream = 'order-2' and revision = ${revision}`;
    const verdict = await verifyAfter(`update events set ${set} where ${at}`);
    const [event] = await test.store.readStream('order-2', { from: revision, limit: 1 });
    expect(verdict).toMatchObject({ kind: 'bad', fault: { kind: 'event', event: { position: event!.position } } });
  },
);

it.each([
  { revision: 0, fault: { kind: 'event', event: { stream: 'order-2', revision: 1 }, problem: 'revision' } },
  // A head comes before the next event of the stream.
  { revision: 3, fault: { kind: 'signed-otherwise', from: 7, to: 12 } },
  { revision: 7, fault: { kind: 'events-lost', count: 23 } },
])('sees that revision $revision was deleted', async ({ revision, fault }) => {
  const verdict = await verifyAfter(`delete from events where stream = 'order-2' and revision = ${revision}`);
  expect(verdict).toMatchObject({ kind: 'bad', fault });
});

const SWAP = `update events e set transaction_id = o.transaction_id, global_position = o.global_position + 1000000
  from kept o where (e.stream, e.revision, o.stream, o.revision) in`;
const CHAIN = `do $$ declare v events; p text := repeat('0', 64); begin
  for v in select * from events where stream = 'order-2' order by revision loop
    p := event_hash(p, v.stream, v.revision, v.id, v.type, v.recorded_at, v.data::text, v.metadata::text);
    update events set hash = p where stream = v.stream and revision = v.revision;
  end loop; end $$`;

it.each(REVISIONS)('names the events of a head when revision %i and all hashes after it are rewritten', async (at) => {
  const rewrite = `update events set data = '{"index":9}' where stream = 'order-2' and revision = ${at}`;
  const verdict = await verifyAfter(rewrite, CHAIN);
  const number = 2 + 3 * at;
  const to = Math.ceil(number / HEAD_EVERY) * HEAD_EVERY;
  expect(verdict).toMatchObject({ kind: 'bad', fault: { kind: 'signed-otherwise', from: to - HEAD_EVERY + 1, to } });
});

it('names the events of a head when two of them change places', async () => {
  const places = `('order-1', 3, 'risk-1', 3), ('risk-1', 3, 'order-1', 3)`;
  const verdict = await verifyAfter(`${SWAP} (${places})`);
  expect(verdict).toMatchObject({ kind: 'bad', fault: { kind: 'signed-otherwise', from: 7, to: 12 } });
});

it('names the events of a head when only a position was moved', async () => {
  const moved = `update events set global_position = global_position + 1000000 where stream = 'risk-1' and revision = 4`;
  const verdict = await verifyAfter(moved);
  expect(verdict).toMatchObject({ kind: 'bad', fault: { kind: 'signed-otherwise', from: 13, to: 18 } });
});

it('names the events of a head when a stream is dropped', async () => {
  const verdict = await verifyAfter(`delete from events where stream = 'order-2'`);
  expect(verdict).toMatchObject({ kind: 'bad', fault: { kind: 'signed-otherwise', from: 1, to: 6 } });
});

it.each([1, 5, 24])('says how many events are lost when the last %i are', async (lost) => {
  const tail = `select id from events order by transaction_id desc, global_position desc limit ${lost}`;
  const verdict = await verifyAfter(`delete from events where id in (${tail})`);
  expect(verdict).toMatchObject({ kind: 'bad', fault: { kind: 'events-lost', count: 24 - lost } });
});

it('sees an event that was put in between with a right hash', async () => {
  const insert = `insert into events (transaction_id, global_position, stream, revision, id, type, data, metadata, recorded_at, hash)
    select transaction_id, global_position + 1000000, stream, 8, overlay(id::text placing 'abc' from 34)::uuid, type, data, metadata, recorded_at,
           event_hash(hash, stream, 8, overlay(id::text placing 'abc' from 34)::uuid, type, recorded_at, data::text,
                      metadata::text)
      from events where stream = 'order-2' and revision = 7`;
  const verdict = await verifyAfter(insert);
  expect(verdict).toMatchObject({ kind: 'bad', fault: { kind: 'signed-otherwise', from: 19, to: 24 } });
});

/** Puts a ninth event into `order-2`, with a right id and a right hash, at another place of the total order. */
const forge = (transactionId: string, globalPosition: string): string => `
  insert into events (transaction_id, global_position, stream, revision, id, type, data, metadata, recorded_at, hash)
  select ${transactionId}, ${globalPosition}, stream, 8, overlay(id::text placing 'abc' from 34)::uuid, type, data,
         metadata, recorded_at,
         event_hash(hash, stream, 8, overlay(id::text placing 'abc' from 34)::uuid, type, recorded_at, data::text,
                    metadata::text)
    from events where stream = 'order-2' and revision = 7`;

it.each([
  { where: 'beyond what the server has come to', transactionId: `'900000000000'::xid8`, globalPosition: '1000000' },
  { where: 'before its beginning', transactionId: `'0'::xid8`, globalPosition: '0' },
  { where: 'at a number below none', transactionId: `'0'::xid8`, globalPosition: '-5' },
])('names an event that stands outside of the total order, $where', async ({ transactionId, globalPosition }) => {
  const verdict = await verifyAfter(forge(transactionId, globalPosition));
  expect(verdict).toMatchObject({ kind: 'bad', fault: { kind: 'outside', event: { stream: 'order-2', revision: 8 } } });
  expect(verdictLine(verdict)).toMatch(/^failed: revision 8 of order-2, event \S+: it stands outside/);
});

/** Verifies while this statement is carried out behind the reading, and puts back what was. */
async function verifyDuring(statement: string): Promise<Verdict> {
  const read = source;
  source = { ...read, hidesEvents: () => test.owner.query(statement).then(read.hidesEvents) };
  try {
    return await verify();
  } finally {
    source = read;
    await test.owner.query('delete from events');
    await test.owner.query('insert into events select * from kept');
  }
}

it('names an event that is put behind the reading', async () => {
  const verdict = await verifyDuring(forge(`'1'::xid8`, '1'));
  const event = { stream: 'order-2', revision: 8 };
  expect(verdict).toMatchObject({ kind: 'bad', fault: { kind: 'changed', read: 24, count: 25, event } });
  expect(verdictLine(verdict)).toMatch(/24 events were read, and there are 25 .*revision 8 of order-2, event/);
});

it('sees that an event is removed behind the reading', async () => {
  const verdict = await verifyDuring(`delete from events where stream = 'risk-1' and revision = 2`);
  expect(verdict).toMatchObject({ kind: 'bad', fault: { kind: 'changed', read: 24, count: 23, event: null } });
});

it('is right while events are appended', async () => {
  await test.owner.query(
    'alter table events alter column global_position add generated always as identity (start 5000)',
  );
  let isOver = false;
  const appending = (async () => {
    for (let round = 0; !isOver; round += 1) {
      await Promise.all(
        ['a', 'b', 'c'].map((name) => put(test.store, `${name}-${round}`, samples(1, `${name}-${round}`))),
      );
    }
  })();
  try {
    for (let times = 0; times < 10; times += 1) expect(await verify()).toMatchObject({ kind: 'ok', heads: 4 });
  } finally {
    isOver = true;
    await appending;
  }
});
