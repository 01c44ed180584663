/**
 * Traces of a broker that does everything right, brought to our side in their own order, and in any other with anything twice
 * and look-ups in between: the same orders, the same account, and both as in the broker's own books.
 *
 * Compared of every order: status, terms, the chain of broker orders with their quantities, what stands of each execution, its
 * exits. Of the account: position, profit realized and open together, what is reserved, trades of the plan. The realized
 * profit alone depends on which lot was bought first, so it is compared where nothing is open.
 */
import { randomFrom, unless } from '../proof.ts';
import type { Asked, Verdict } from '../proof.ts';
import { againstBooks, findingsOf, pairsOf } from './findings.ts';
import { play } from './play.ts';
import type { Played } from './play.ts';
import { matrix, REACHABLE_PAIRS } from './reachable.ts';

/** From so many traces on every pair of state and event must come about: for those that seldom do, more traces follow. */
const ENOUGH_FOR_ALL = 10_000;
const MOST_TIMES_AS_MANY = 8;
const MOST_LINES = 10;

export async function permutations({ times, random, say }: Asked): Promise<Verdict> {
  const visits = new Map<string, number>();
  const broken: string[] = [];
  const counts = { messages: 0, events: 0, amended: 0, changed: 0, brackets: 0, askedDifferently: 0 };
  const note = (played: Played): void => {
    counts.messages += played.brought;
    counts.events += played.outcome.events.length;
    for (const pair of pairsOf(played)) visits.set(pair, (visits.get(pair) ?? 0) + 1);
  };
  const unreached = (): readonly string[] => REACHABLE_PAIRS.filter((pair) => !visits.has(pair));
  const most = times < ENOUGH_FOR_ALL ? times : times * MOST_TIMES_AS_MANY;
  let traces = 0;
  while (traces < times || (traces < most && unreached().length > 0)) {
    traces += 1;
    const seed = Math.floor(random() * 2 ** 31);
    try {
      const straight = await play(randomFrom(seed), null);
      const mixed = await play(randomFrom(seed), randomFrom(seed + 1));
      for (const each of [straight, mixed]) note(each);
      const { model, chain, plan } = straight.trace;
      if (model.orders.some(({ executions }) => executions.some((each) => each.standing.name !== each.executionId)))
        counts.amended += 1;
      if (chain.length > 1) counts.changed += 1;
      if (plan.isBracket) counts.brackets += 1;
      for (const [how, played] of Object.entries({ straight, mixed })) {
        for (const line of await againstBooks(played)) broken.push(`trace ${seed}, ${how}: ${line}`);
      }
      if (straight.cancelledRest !== mixed.cancelledRest) {
        // What our side asked for itself, on what it knew then, changed what the broker did: both are right.
        counts.askedDifferently += 1;
        continue;
      }
      for (const line of differences(await findingsOf(straight), await findingsOf(mixed))) {
        broken.push(`trace ${seed}: ${line}`);
      }
    } catch (error) {
      broken.push(`trace ${seed}: ${String(error)}`);
    }
    if (traces % 1_000 === 0) say(`${traces} of ${times} traces, ${broken.length} differences`);
  }
  for (const line of matrix(visits)) say(line);
  const never = unreached();
  const unexpected = [...visits.keys()].filter((pair) => !REACHABLE_PAIRS.includes(pair));
  return {
    facts: {
      traces,
      'messages and look-ups': counts.messages,
      'events recorded': counts.events,
      'with a bust or a correction': counts.amended,
      'with a change': counts.changed,
      'with a bracket': counts.brackets,
      'asked differently': counts.askedDifferently,
      'pairs of state and event': `${REACHABLE_PAIRS.length - never.length} of ${REACHABLE_PAIRS.length}`,
      differences: broken.length,
    },
    broken: [
      ...broken.slice(0, MOST_LINES),
      ...unless(broken.length <= MOST_LINES, `and ${broken.length - MOST_LINES} more`),
      ...unless(unexpected.length === 0, `not thought to be possible: ${unexpected.join(', ')}`),
      ...unless(never.length === 0 || times < ENOUGH_FOR_ALL, `never came about: ${never.join(', ')}`),
    ],
  };
}

type Findings = Readonly<Record<string, unknown>>;

function differences(straight: Findings, mixed: Findings): readonly string[] {
  return [...new Set([...Object.keys(straight), ...Object.keys(mixed)])].flatMap((what) => {
    const [one, other] = [JSON.stringify(straight[what]), JSON.stringify(mixed[what])];
    return one === other ? [] : [`${what}: in its order ${one}, in another ${other}`];
  });
}
