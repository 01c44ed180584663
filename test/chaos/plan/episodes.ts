/** The lives of the product in one world: who does what, and where it ends. */
import { CRASH_POINTS } from '../../../src/application/ports/crash-points.ts';
import type { CrashPoint } from '../../../src/application/ports/crash-points.ts';
import type { Weather } from '../tcp-proxy.ts';
import { dice } from './chance.ts';
import type { Dice } from './chance.ts';
import { BOUGHT, priced, SOLD, symbolsOf } from './market.ts';
import type { Symbol } from './market.ts';
import type { Act, Crash, Episode, PlannedOrder, Timed, WorldPlan } from './world-plan.ts';

const TRADERS = 12;
/** The others buy, as often as the free plan allows. */
const SELLERS = 8;
const MOST_BUYS = 5;
const ORDERS = { least: 20, most: 28 } as const;
/** All that is planned for a life begins within this time. */
export const BUSY_MS = 650;
const ABANDON = 0.25;

/** At which of its passes in a life a point is to be the last: from and to. Most are passed once for every order. */
const PASSES: Readonly<Partial<Record<CrashPoint, readonly [number, number]>>> = {
  'after-look-up': [1, 6],
  'after-change-admitted': [1, 2],
  'after-change-answered': [1, 2],
  'after-cancel-answered': [1, 2],
  'before-reconciliation': [1, 12],
  'amid-reconciliation': [1, 60],
  'after-reconciliation': [1, 12],
  'update-received': [1, 60],
};
const USUAL_PASSES = [1, 16] as const;

export function planEpisodes(seed: number, world: number, crashes: number): Pick<WorldPlan, 'traders' | 'episodes'> {
  const planner = createPlanner(dice(seed, 'orders', world));
  const ends = dice(seed, 'crashes', world);
  const episodes = Array.from({ length: crashes }, (_, index): Episode => {
    const alive = planner.life();
    return {
      crash: crashOf(ends, index, world),
      alive,
      dead: planner.death(),
      deadMs: ends.oneOf([0, 0, 30, 250]),
      databaseKilledMs: ends.happens(0.06) ? ends.whole(0, BUSY_MS) : null,
      weather: weatherOf(ends),
    };
  });
  return { traders: TRADERS, episodes };
}

/** All points take their turn; between them come moments that have no name. */
function crashOf(die: Dice, index: number, world: number): Crash {
  const lot = die.next();
  if (lot < 0.08) return { kind: 'start', afterMs: die.whole(100, 900) };
  if (lot < 0.3) return { kind: 'moment', afterMs: die.whole(150, BUSY_MS + 300) };
  // The turns of a world go through the points in steps that meet each of them.
  const point = CRASH_POINTS[(index * 7 + world * 5) % CRASH_POINTS.length] as CrashPoint;
  return { kind: 'point', point, pass: die.whole(...(PASSES[point] ?? USUAL_PASSES)) };
}

function weatherOf(die: Dice): Episode['weather'] {
  const lot = die.next();
  if (lot > 0.28) return null;
  const link = lot < 0.2 ? 'broker' : 'database';
  const weathers: readonly Weather[] = [
    { kind: 'latency', ms: die.whole(20, 300) },
    { kind: 'slices', bytes: die.whole(20, 200), everyMs: die.whole(1, 10) },
    { kind: 'cut', afterBytes: die.whole(1, 1_500) },
    { kind: 'reset', afterBytes: die.whole(1, 1_500) },
    { kind: 'black-hole' },
    { kind: 'half-open' },
    { kind: 'refused' },
  ];
  return { link, fromMs: die.whole(0, BUSY_MS), weather: die.oneOf(weathers) };
}

/** Plans act after act, and remembers what it has planned: which orders rest, and what is done to each. */
function createPlanner(die: Dice) {
  let orders = 0;
  let entries = 0;
  const resting: { readonly order: number; readonly trader: number; readonly symbol: Symbol; readonly side: string }[] =
    [];
  const cancelled: number[] = [];
  const bought = new Map<number, number>();
  const quantities = new Map<string, number>();

  /** A quantity that the trader has not used with this symbol for a while: the same order twice looks like a mistake. */
  function quantityOf(trader: number, symbol: Symbol): string {
    const key = `${trader}/${symbol}`;
    const last = quantities.get(key) ?? die.whole(0, 8);
    quantities.set(key, last + 1);
    return `${1 + ((last + 1) % 9)}`;
  }

  function place(): Act {
    const order = (orders += 1);
    const patient = !die.happens(ABANDON);
    const buyer = die.whole(SELLERS, TRADERS - 1);
    const isBuy = die.happens(0.15) && (bought.get(buyer) ?? 0) < MOST_BUYS;
    const trader = isBuy ? buyer : die.whole(0, SELLERS - 1);
    if (isBuy) bought.set(buyer, (bought.get(buyer) ?? 0) + 1);
    const form = isBuy ? buyForm(trader, order) : sellForm(trader, order);
    return { do: 'place', what: { order, trader, patient, form } };
  }

  const common = (trader: number, symbol: Symbol, side: 'buy' | 'sell') =>
    ({ instrument: symbol, side, qty: quantityOf(trader, symbol), currentAsk: '0', currentBid: '0' }) as const;

  function sellForm(trader: number, order: number): PlannedOrder['form'] {
    const symbol = die.oneOf(symbolsOf(trader).sold);
    const form = common(trader, symbol, 'sell');
    const lot = die.next();
    if (lot < 0.42) return { ...form, type: 'market' };
    if (lot < 0.6) return { ...form, type: 'limit', limitPrice: priced(symbol, -4) };
    resting.push({ order, trader, symbol, side: 'sell' });
    return { ...form, type: 'limit', limitPrice: priced(symbol, die.whole(4, 8)) };
  }

  function buyForm(trader: number, order: number): PlannedOrder['form'] {
    const { bought: symbol, bracketed } = symbolsOf(trader);
    const lot = die.next();
    if (lot < 0.3) return { ...common(trader, symbol, 'buy'), type: 'market' };
    if (lot < 0.55) {
      resting.push({ order, trader, symbol, side: 'buy' });
      return { ...common(trader, symbol, 'buy'), type: 'limit', limitPrice: priced(symbol, die.whole(-9, -5)) };
    }
    const exits = { takeProfit: priced(bracketed, 8), stopLoss: priced(bracketed, -8) };
    return { ...common(trader, bracketed, 'buy'), type: 'market', ...exits };
  }

  /** Something done to an order that was planned before; null when there is none. */
  function followUp(kind: 'cancel' | 'replace' | 'fill' | 'late' | 'trespass'): Act | null {
    const recent = resting.slice(-16);
    if (recent.length === 0) return null;
    const { order, symbol, side } = die.oneOf(recent);
    switch (kind) {
      case 'cancel':
        cancelled.push(order);
        return { do: 'cancel', order };
      case 'replace': {
        const percent = side === 'sell' ? die.whole(4, 9) : die.whole(-9, -5);
        return { do: 'replace', order, qty: `${die.whole(1, 9)}`, limitPrice: priced(symbol, percent) };
      }
      case 'fill':
        return { do: 'fill', order, share: die.oneOf([0.3, 0.5, 1]), late: false };
      case 'late':
        return cancelled.length === 0 ? null : { do: 'fill', order: die.oneOf(cancelled), share: 0.4, late: true };
      case 'trespass': {
        const how = die.oneOf(['cancel', 'replace', 'place'] as const);
        return { do: 'trespass', trader: die.whole(0, TRADERS - 1), order, how };
      }
    }
  }

  function elsewhere(): Act {
    const trader = die.whole(0, TRADERS - 1);
    const number = (entries += 1);
    return { do: 'elsewhere', trader, number, symbol: die.oneOf(symbolsOf(trader).sold), qty: `${die.whole(1, 3)}` };
  }

  function move(): Act {
    const symbol: Symbol = die.oneOf([...SOLD, ...BOUGHT]);
    return { do: 'price', symbol, price: priced(symbol, die.whole(-2, 2)) };
  }

  let halted: number | null = null;

  /** Whoever has stopped in the life before goes on; somebody else may stop. */
  function halts(): readonly Act[] {
    const before = halted;
    halted = die.happens(0.2) ? die.whole(0, TRADERS - 1) : null;
    return [
      ...(before === null || before === halted ? [] : [{ do: 'resume', trader: before } as const]),
      ...(halted === null || before === halted ? [] : [{ do: 'halt', trader: halted } as const]),
    ];
  }

  const some = (acts: readonly (Act | null)[]): readonly Act[] => acts.filter((act) => act !== null);

  return {
    life(): readonly Timed[] {
      const acts = some([
        ...Array.from({ length: die.whole(ORDERS.least, ORDERS.most) }, place),
        ...Array.from({ length: die.whole(4, 6) }, () => followUp('cancel')),
        ...Array.from({ length: die.whole(4, 6) }, () => followUp('replace')),
        ...Array.from({ length: die.whole(1, 3) }, () => followUp('fill')),
        die.happens(0.3) ? followUp('late') : null,
        die.happens(0.5) ? followUp('trespass') : null,
        die.happens(0.3) ? elsewhere() : null,
        die.happens(0.7) ? move() : null,
        ...halts(),
        die.happens(0.25) ? { do: 'hold', on: true } : null,
      ]);
      return acts.map((act) => ({ at: die.whole(0, BUSY_MS), act })).toSorted((a, b) => a.at - b.at);
    },
    death: (): readonly Act[] =>
      some([
        die.happens(0.5) ? followUp('fill') : null,
        die.happens(0.3) ? followUp('fill') : null,
        die.happens(0.2) ? followUp('late') : null,
        die.happens(0.2) ? elsewhere() : null,
        die.happens(0.2) ? move() : null,
        { do: 'hold', on: false },
      ]),
  };
}
