/** The seeded bugs. */
import type { Bug } from './bug.ts';
import { HEARING } from './hearing.ts';
import { KEEPING } from './keeping.ts';
import { SENDING } from './sending.ts';

export const BUGS: readonly Bug[] = [...SENDING, ...HEARING, ...KEEPING];
