import { describe, expect, it } from 'vitest';
import { put, sample } from '../../application/ports/event-store-samples.suite.ts';
import { admissionOf, replacementAdmissionOf } from '../../domain/risk-policy/admission.ts';
import type { OrderAdmitted, OrderDenied, ReplacementAdmitted, RiskEvent } from '../../domain/risk-policy/events.ts';
import { riskPolicy } from '../../domain/risk-policy/risk-policy.ts';
import { createMemoryEventStore } from '../memory/event-store.ts';
import { systemClock } from '../node/clock-and-ids.ts';
import { CATALOGUE } from './catalogue.ts';
import { createEvolvingStore } from './evolving-store.ts';
import { GOLDEN_FILES } from './golden.suite.ts';

const examplesOf = (name: string): readonly unknown[] => GOLDEN_FILES.find((file) => file.name === name)!.examples;

/** What this release reads of events that were stored in the first version. */
async function read(...stored: readonly (readonly [type: string, data: unknown])[]): Promise<readonly RiskEvent[]> {
  const raw = createMemoryEventStore(systemClock);
  for (const [type, data] of stored) {
    const event = sample(type, data);
    await put(raw, 's', [{ ...event, metadata: { ...event.metadata, schemaVersion: 1 } }]);
  }
  const store = createEvolvingStore(raw, { catalogue: CATALOGUE, log: { alarm: () => undefined } });
  return (await store.readStream('s')) as unknown as readonly RiskEvent[];
}

describe('assessments of the first version', () => {
  it('looked at nothing of what came later, and were limited by none of it', async () => {
    const first = examplesOf('OrderDenied.v1.json')[0] as { inputs: { limits: object }; breaches: object[] };
    const [event] = await read(['OrderDenied', first]);
    const { inputs, breaches } = (event as OrderDenied).data;
    expect(inputs).toEqual({
      ...first.inputs,
      halts: [],
      account: null,
      instrument: null,
      marks: [],
      confirmed: false,
      margin: null,
      positionAtBroker: null,
      limits: {
        ...first.inputs.limits,
        largestExposure: null,
        mostOpenOrders: null,
        duplicateWithinSeconds: null,
        mostOrdersInTenSeconds: null,
        mostOrdersInAMinute: null,
        mostRepetitionsInAMinute: null,
        shortSelling: true,
        protectionRequired: false,
        stopLossPercent: null,
        takeProfitPercent: null,
      },
    });
    expect(breaches).toEqual(first.breaches.map((breach) => ({ ...breach, detail: null })));
  });

  it('admit the same orders and changes as before', async () => {
    const admitted = examplesOf('OrderAdmitted.v1.json')[0] as OrderAdmitted['data'];
    const change = {
      ...(examplesOf('ReplacementAdmitted.v1.json')[0] as ReplacementAdmitted['data']),
      orderId: admitted.ticket.orderId,
    };
    const events = await read(['OrderAdmitted', admitted], ['ReplacementAdmitted', change]);
    const state = events.reduce(riskPolicy.evolve, riskPolicy.initial);
    expect(admissionOf(state, admitted.ticket)).toMatchObject({ ticket: admitted.ticket });
    expect(replacementAdmissionOf(state, change)).not.toBeNull();
    expect([...state.reservations.keys()]).toEqual([admitted.ticket.orderId]);
  });
});
