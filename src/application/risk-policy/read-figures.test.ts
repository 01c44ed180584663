import { describe, expect, it } from 'vitest';
import type { BrokerAccess, BrokerAccountInfo, LookUp } from '../ports/broker.ts';
import { createReadFigures } from './read-figures.ts';

const INFO: BrokerAccountInfo = {
  brokerAccountId: 'B',
  brokerAccountNumber: 'PA1',
  mayTrade: true,
  cash: '1',
  equity: '2',
  buyingPower: '3',
  shortingEnabled: false,
};
const access: BrokerAccess = { linkId: 'L', userId: 'u', accountId: 'a', environment: 'paper', token: 't' };

function opened(answer: () => LookUp<BrokerAccountInfo> = () => ({ kind: 'found', value: INFO })) {
  let now = Date.parse('2026-03-02T15:00:00.000Z');
  const asked: string[] = [];
  const linked = { accessFor: (accountId: string) => Promise.resolve(accountId === 'nobody' ? null : access) };
  const clock = { now: () => new Date(now).toISOString() };
  const broker = {
    account: async () => {
      asked.push(clock.now());
      await Promise.resolve();
      return answer();
    },
  };
  return { read: createReadFigures({ broker, linked, clock }), asked, pass: (ms: number) => void (now += ms) };
}

describe('the figures of a broker account', () => {
  it('are read with the time at which they were asked for', async () => {
    const { read } = opened();
    expect(await read('a', 0)).toEqual({
      kind: 'read',
      value: {
        buyingPower: '3',
        equity: '2',
        cash: '1',
        shortingEnabled: false,
        mayTrade: true,
        at: '2026-03-02T15:00:00.000Z',
      },
    });
  });

  it('serve for two seconds, and all who ask meanwhile', async () => {
    const { read, asked, pass } = opened();
    await Promise.all([read('a', 0), read('a', 0), read('a', 0)]);
    pass(2_000);
    await read('a', 0);
    expect(asked).toHaveLength(1);
    pass(1);
    await read('a', 0);
    expect(asked).toHaveLength(2);
    pass(-10_000);
    await read('a', 0);
    expect(asked).toHaveLength(3);
  });

  it('are never older than the last execution that the asker knows of, not even when they are on their way', async () => {
    const { read, asked } = opened();
    const before = read('a', 0);
    await Promise.all([before, read('a', 1), read('a', 1), read('a', 0)]);
    expect(asked).toHaveLength(2);
    await read('a', 2);
    expect(asked).toHaveLength(3);
  });

  it('are each account’s own', async () => {
    const { read, asked } = opened();
    await Promise.all([read('a', 0), read('b', 0)]);
    expect(asked).toHaveLength(2);
  });

  it('that can not be read are asked for anew the next time', async () => {
    const answers: LookUp<BrokerAccountInfo>[] = [
      { kind: 'unknown', reason: 'timed out' },
      { kind: 'not_found' },
      { kind: 'unauthorized', reason: 'token revoked' },
      { kind: 'found', value: INFO },
    ];
    const { read } = opened(() => answers.shift()!);
    await expect(read('a', 0)).rejects.toThrow('unknown');
    await expect(read('a', 0)).rejects.toThrow('not_found');
    expect(await read('a', 0)).toEqual({ kind: 'unauthorized', access, reason: 'token revoked' });
    expect(await read('a', 0)).toMatchObject({ kind: 'read' });
  });

  it('are none without a link', async () => {
    const { read, asked } = opened();
    expect(await read('nobody', 0)).toEqual({ kind: 'no_link' });
    expect(asked).toEqual([]);
  });
});
