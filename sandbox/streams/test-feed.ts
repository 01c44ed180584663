import { EventEmitter } from 'node:events';
import { randomFrom } from '../random.ts';
import type { Feed } from './data-stream.ts';

const SYMBOL = 'FAKEPACA';

/** The feed of `/v2/test`: one invented symbol that trades at all hours in real time. */
export function createTestFeed(seed: number, real: () => number): Feed & { tick(): void } {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  let told = 0;
  let interest = 0;

  function tell(second: number): void {
    const at = new Date(second * 1000).toISOString();
    const price = Math.round(14_000 + 200 * randomFrom(seed, SYMBOL, second)()) / 100;
    const quote = {
      t: at,
      ax: 'N',
      ap: (price * 100 + 1) / 100,
      as: 100,
      bx: 'O',
      bp: (price * 100 - 1) / 100,
      bs: 100,
      c: ['R'],
      z: 'A',
    };
    const bar = { t: at, o: price, h: price, l: price, c: price, v: 100, n: 1, vw: price };
    const send = (channel: string, T: string, wire: object): void => {
      emitter.emit('item', { channel, symbol: SYMBOL, message: { T, S: SYMBOL, ...wire } });
    };
    send('trades', 't', { t: at, x: 'D', p: price, s: 100, c: ['@'], i: second, z: 'A' });
    send('quotes', 'q', quote);
    if (second % 60 === 0) send('bars', 'b', bar);
  }

  return {
    tick(): void {
      const second = Math.floor(real() / 1000);
      if (second === told) return;
      told = second;
      if (interest > 0) tell(second);
    },
    want() {
      interest += 1;
      return () => {
        interest -= 1;
      };
    },
    onItem(listener) {
      emitter.on('item', listener);
      return () => emitter.off('item', listener);
    },
  };
}
