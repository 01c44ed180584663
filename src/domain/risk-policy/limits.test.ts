import { describe, expect, it } from 'vitest';
import type { RiskEvent } from './events.ts';
import { LIMIT_TABLES } from './limit-tables.ts';
import { limitsFor, limitsInForce, looserLimits, NOTHING_TIGHTENED, tableOn } from './limits.ts';
import type { LimitTable, OwnLimits, Plan } from './limits.ts';
import { riskPolicy } from './risk-policy.ts';
import type { RiskCommand } from './risk-policy.ts';
import { after, assess, BASIS, breaches, DAY, LIMITS, market, NOW, tablesOf } from './samples.suite.ts';

const TOLERANCES = ['cautious', 'balanced', 'bold'] as const;
const EXPERIENCES = ['new', 'some', 'experienced'] as const;
const PLANS: readonly Plan[] = ['free', 'basic', 'pro', 'elite'];

const choose = (
  tolerance: (typeof TOLERANCES)[number],
  experience: (typeof EXPERIENCES)[number] = 'new',
  basis = BASIS,
): RiskCommand => ({ type: 'ChooseRiskProfile', tolerance, experience, basis, tradingDay: DAY, at: NOW });
const tighten = (limits: Partial<OwnLimits>, basis = BASIS): RiskCommand => ({
  type: 'TightenLimits',
  limits: { ...NOTHING_TIGHTENED, ...limits },
  basis,
  tradingDay: DAY,
  at: NOW,
});
const refusal = (command: RiskCommand, ...before: readonly RiskCommand[]) => {
  const decision = riskPolicy.decide(command, after(...before).state);
  return decision.kind === 'refused' ? decision.refusal : decision;
};
const inForce = (...commands: readonly RiskCommand[]) => limitsInForce(after(...commands).state.policy, DAY, BASIS);

describe('the table of limits', () => {
  it('is the last one whose day has come', () => {
    const [first] = LIMIT_TABLES as readonly [LimitTable];
    const tables = [first, { ...first, effectiveFrom: '2026-03-02' }, { ...first, effectiveFrom: '2026-03-04' }];
    const since = (day: string) => tableOn(day, tables).effectiveFrom;
    expect(['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04'].map(since)).toEqual([
      '1990-01-01',
      '2026-03-02',
      '2026-03-02',
      '2026-03-04',
    ]);
    expect(() => tableOn('1989-12-31', tables)).toThrow(RangeError);
  });

  it('allows the more, the bolder, the more experienced and the larger the plan', () => {
    const of = (tolerance: (typeof TOLERANCES)[number], experience: (typeof EXPERIENCES)[number], plan: Plan) =>
      limitsFor({ tolerance, experience, plan }, DAY, LIMIT_TABLES);
    for (const tolerance of TOLERANCES) {
      for (const experience of EXPERIENCES) {
        for (const plan of PLANS) {
          const limits = of(tolerance, experience, plan);
          const bolder = TOLERANCES[TOLERANCES.indexOf(tolerance) + 1] ?? tolerance;
          const wiser = EXPERIENCES[EXPERIENCES.indexOf(experience) + 1] ?? experience;
          const larger = PLANS[PLANS.indexOf(plan) + 1] ?? plan;
          for (const more of [
            of(bolder, experience, plan),
            of(tolerance, wiser, plan),
            of(tolerance, experience, larger),
          ])
            expect(looserLimits(limits, more)).toEqual([]);
        }
      }
    }
    expect(of('bold', 'experienced', 'elite')).toMatchObject({ largestOrderValue: '100000', dailyLoss: '10000' });
    expect(of('bold', 'new', 'elite')).toMatchObject({ largestOrderValue: '50000', dailyLoss: '2500' });
    expect(of('bold', 'experienced', 'free')).toMatchObject({ largestExposure: '250000' });
  });

  it('leaves the broker’s key requests for cancels and look-ups, whatever the profile', () => {
    for (const tolerance of TOLERANCES) {
      const { mostOrdersInAMinute } = limitsFor(
        { tolerance, experience: 'experienced', plan: 'elite' },
        DAY,
        LIMIT_TABLES,
      );
      expect(mostOrdersInAMinute).toBeLessThanOrEqual(160);
    }
  });
});

describe('a risk profile', () => {
  it('is the table’s own until one is chosen, and is chosen once', () => {
    expect(inForce()).toEqual(LIMITS);
    const { events } = after(choose('cautious'), choose('cautious'));
    expect(events).toEqual([
      { type: 'RiskProfileChosen', data: { tolerance: 'cautious', experience: 'new', chosenAt: NOW } },
    ]);
    expect(inForce(choose('cautious')).largestOrderValue).toBe('10000');
  });

  it('counts for the next order', () => {
    const order = assess(market({ quantity: '101' }));
    expect(breaches(order)).toEqual([]);
    expect(breaches(order, choose('cautious'))).toMatchObject([
      { rule: 'largest_order_value', limit: '10000' },
      { rule: 'protection_required' },
    ]);
  });

  it('is judged by what it allows, not by its name', () => {
    expect(inForce(choose('balanced', 'some'))).toEqual(LIMITS);
    expect(inForce(choose('cautious', 'experienced'))).toEqual(inForce(choose('cautious')));
  });

  it('that would allow more in any limit is refused, and changes nothing', () => {
    expect(refusal(choose('balanced'), choose('cautious'))).toMatchObject({ code: 'only_tighter' });
    expect(refusal(choose('bold', 'some', { ...BASIS, plan: 'elite' }))).toEqual({
      code: 'only_tighter',
      limits: [
        'largestOrderValue',
        'largestOrderQuantity',
        'largestPositionValue',
        'largestExposure',
        'mostOpenOrders',
        'dailyLoss',
        'mostOrdersInTenSeconds',
        'stopLossPercent',
      ],
    });
  });

  it('grows only by another table: the operator’s', () => {
    const generous = { ...LIMITS, largestOrderValue: '60000', dailyLoss: '9000' };
    const basis = { ...BASIS, tables: tablesOf(generous) };
    const { policy } = after(choose('cautious'), tighten({ dailyLoss: '400' })).state;
    expect(limitsInForce(policy, DAY, basis)).toMatchObject({ largestOrderValue: '60000', dailyLoss: '400' });
  });
});

describe('own limits', () => {
  const given: readonly (readonly [keyof OwnLimits, OwnLimits[keyof OwnLimits], OwnLimits[keyof OwnLimits]])[] = [
    ['largestOrderValue', '49999.99', '50000.01'],
    ['largestOrderQuantity', '9999.5', '10000.5'],
    ['largestPositionValue', '99999', '100000.000000001'],
    ['largestExposure', '249999', '250001'],
    ['mostOpenOrders', 49, 51],
    ['dailyLoss', '2499.99', '2500.01'],
    ['mostOrdersInTenSeconds', 9, 11],
  ];

  it.each(given)('%s: %s is taken and %s is not', (name, tighter, looser) => {
    expect(inForce(tighten({ [name]: tighter }))[name]).toBe(tighter);
    expect(refusal(tighten({ [name]: looser }))).toEqual({ code: 'only_tighter', limits: [name] });
    expect(refusal(tighten({ [name]: LIMITS[name] as never }), tighten({ [name]: tighter }))).toMatchObject({
      code: 'only_tighter',
    });
  });

  it('forbid short sales and ask for exits, for good', () => {
    const forbidden = tighten({ shortSelling: false, protectionRequired: true });
    expect(inForce(forbidden)).toMatchObject({ shortSelling: false, protectionRequired: true });
    expect(after(forbidden, forbidden, tighten({ shortSelling: false })).events).toHaveLength(1);
  });

  it('are recorded once, with nothing but what has changed', () => {
    const { events } = after(
      tighten({ dailyLoss: '1000', mostOpenOrders: 5 }),
      tighten({ dailyLoss: '1000.0', mostOpenOrders: 4 }),
      tighten({ mostOpenOrders: 4 }),
      tighten({}),
    );
    const limits = events.map((event) => (event as Extract<RiskEvent, { type: 'LimitsTightened' }>).data.limits);
    expect(limits).toEqual([
      { ...NOTHING_TIGHTENED, dailyLoss: '1000', mostOpenOrders: 5 },
      { ...NOTHING_TIGHTENED, mostOpenOrders: 4 },
    ]);
  });

  it('hold as they are when the table’s grow', () => {
    const pinned = after(tighten({ dailyLoss: '2500' })).state.policy;
    const basis = { ...BASIS, tables: tablesOf({ ...LIMITS, dailyLoss: '9000' }) };
    expect(limitsInForce(pinned, DAY, basis).dailyLoss).toBe('2500');
  });

  it('tighten what has no limit at all', () => {
    const basis = { ...BASIS, tables: tablesOf({ ...LIMITS, largestExposure: null, mostOpenOrders: null }) };
    const { policy } = after(tighten({ largestExposure: '1', mostOpenOrders: 1 }, basis)).state;
    expect(limitsInForce(policy, DAY, basis)).toMatchObject({ largestExposure: '1', mostOpenOrders: 1 });
  });

  it('two that race are decided one after the other', () => {
    const racing = [tighten({ dailyLoss: '100' }), tighten({ dailyLoss: '200' })] as const;
    expect(refusal(racing[1], racing[0])).toMatchObject({ code: 'only_tighter' });
    expect(inForce(racing[1], racing[0]).dailyLoss).toBe('100');
  });
});
