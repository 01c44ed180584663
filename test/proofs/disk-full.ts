/**
 * The disk under the whole product is filled while orders are placed, first the place for data, then also that for the
 * write-ahead log, on which Postgres gives up. Orders are refused clearly and soon; what was acknowledged is kept; once
 * there is space again the product goes on by itself; and no order is sent that is not recorded, or sent twice.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { becomeTrader } from '../../src/bootstrap/demo/visitor.ts';
import type { Visitor } from '../../src/bootstrap/demo/visitor.ts';
import { disagreements, whenQuiet } from '../support/order-records.ts';
import { startProduct, startSandboxProgram } from '../support/running-product.ts';
import type { Asked, Verdict } from './proof.ts';
import { unless } from './proof.ts';
import { smallDisk } from './small-disk.ts';
import type { SmallDisk } from './small-disk.ts';
import { useUpLog } from './use-up-log.ts';

const DISK_MB = 160;
const TRADERS = 16;
/** The free plan's trades. */
const ORDERS_EACH = 4;
/** An answer later than this is a hang. */
const ANSWER_WITHIN_MS = 8_000;
const BACK_WITHIN_MS = 20_000;
const TRY_EVERY_MS = 500;
/** So many refusals in a row mean that the disk is really full. */
const REFUSALS = 3;

export async function diskFull({ times, say }: Asked): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'tradsy-disk-full-'));
  const disk = smallDisk(join(folder, 'disk'), DISK_MB);
  try {
    const sandbox = await startSandboxProgram(join(folder, 'sandbox'));
    try {
      const data = join(disk.folder, 'data');
      const product = await startProduct({ SANDBOX_URL: sandbox.url, TRADSY_DATA: data });
      let hasEnded = false;
      void product.ended.then(() => (hasEnded = true));
      try {
        const stage = createStage(await traders(product.url), disk, data, say);
        for (let time = 1; time <= times; time += 1) {
          await stage.placed('before');
          await stage.dataFull();
          await stage.logFull();
        }
        const evidence = await whenQuiet(sandbox.url, stage.traders, stage.acknowledged);
        return {
          facts: { ...stage.facts(), 'at the broker': evidence.ledger.length },
          broken: [
            ...unless(!hasEnded, `the product has ended: ${product.output()}`),
            ...stage.broken,
            ...disagreements(evidence),
          ],
        };
      } finally {
        disk.free();
        await product.kill('SIGTERM');
      }
    } finally {
      await sandbox.kill('SIGTERM');
    }
  } finally {
    disk.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function traders(url: string): Promise<readonly Visitor[]> {
  const list: Visitor[] = [];
  while (list.length < TRADERS) list.push(await becomeTrader(url));
  return list;
}

function createStage(traders: readonly Visitor[], disk: SmallDisk, data: string, say: (line: string) => void) {
  const acknowledged: string[] = [];
  const broken: string[] = [];
  const answersMs: number[] = [];
  const backMs: number[] = [];
  let refused = 0;
  const turns = traders.flatMap((trader) => Array.from({ length: ORDERS_EACH }, () => trader)).values();

  /** Places the next order; whether it was acknowledged. */
  async function place(): Promise<boolean> {
    const turn = turns.next();
    if (turn.done) throw new Error('all orders of all traders are used up');
    const form = {
      instrument: 'AAPL',
      side: 'buy',
      type: 'market',
      qty: '1',
      currentAsk: '0',
      currentBid: '0',
      confirmDuplicate: 'true',
    };
    const begun = performance.now();
    const answer = await turn.value.place(form, randomUUID()).catch((error: unknown) => String(error));
    const ms = performance.now() - begun;
    answersMs.push(ms);
    if (ms > ANSWER_WITHIN_MS) broken.push(`an answer took ${Math.round(ms)} ms`);
    if (typeof answer === 'string') broken.push(`an order was not answered in the words of the Broker API: ${answer}`);
    else if ('orderId' in answer) acknowledged.push(answer.orderId);
    else refused += 1;
    return typeof answer !== 'string' && 'orderId' in answer;
  }

  async function untilRefused(): Promise<void> {
    for (let row = 0; row < REFUSALS; row = (await place()) ? 0 : row + 1) disk.fill();
  }

  async function untilBack(what: string): Promise<void> {
    disk.free();
    const begun = performance.now();
    while (!(await place())) {
      if (performance.now() - begun > BACK_WITHIN_MS) {
        broken.push(`${what}: no order is taken ${BACK_WITHIN_MS} ms after there is space`);
        return;
      }
      await wait(TRY_EVERY_MS);
    }
    backMs.push(performance.now() - begun);
    say(`${what}: orders are taken again ${Math.round(backMs.at(-1) ?? 0)} ms after there is space`);
  }

  return {
    traders,
    acknowledged,
    broken,
    facts: () => ({
      acknowledged: acknowledged.length,
      refused,
      'longest answer ms': Math.round(Math.max(...answersMs)),
      'longest until back ms': Math.round(Math.max(0, ...backMs)),
    }),
    async placed(what: string): Promise<void> {
      if (!(await place())) broken.push(`${what} the disk was full, an order was refused`);
    },
    /** No table can grow; the write-ahead log still has its segments. */
    async dataFull(): Promise<void> {
      await untilRefused();
      await untilBack('data full');
    },
    /** The log can not go on in a new segment: Postgres ends, and can not recover either. */
    async logFull(): Promise<void> {
      disk.fill();
      await useUpLog(data, () => disk.fill());
      await untilRefused();
      await untilBack('log full');
    },
  };
}
