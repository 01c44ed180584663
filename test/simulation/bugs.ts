/** The seeded bugs that the simulation knows: those of the crash harness, and of the halts. */
import { PORT, replacePart } from '../../src/bootstrap/container.ts';
import { BUGS as SHARED } from '../chaos/bugs/all.ts';
import type { Bug } from '../chaos/bugs/bug.ts';

const HALTS: readonly Bug[] = [
  {
    name: 'halts-cached',
    sentence: 'Whether trading is halted is asked once and remembered.',
    breaks: ['I8'],
    plant: (container) =>
      replacePart(container, PORT.readHalts, (read) => {
        let first: ReturnType<typeof read> | null = null;
        return () => {
          first ??= read();
          return first;
        };
      }),
  },
];

export const BUGS: readonly Bug[] = [...SHARED, ...HALTS];
