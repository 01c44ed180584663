/** A type of event that has changed twice, for the tests beside this file. */
import { z } from 'zod';

import { sample } from '../../application/ports/event-store-samples.suite.ts';
import type { NewEvent } from '../../application/ports/event-store.ts';
import { catalogueOf } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import { shapeOf } from './shape.ts';
import type { Upcaster } from './shape.ts';

/** In the first version: cents, always of dollars. */
export interface FirstDeposit {
  readonly cents: number;
}

/** In the second version currencies came. */
export interface SecondDeposit {
  readonly cents: number;
  readonly currency: string;
}

/** In the third version: who paid, where it is known, and the amount as text. */
export interface Deposited {
  readonly type: 'Deposited';
  readonly data: {
    readonly money: { readonly amount: string; readonly currency: string };
    readonly by: string | null;
  };
}

const addCurrency: Upcaster = (data) => ({ ...(data as FirstDeposit), currency: 'USD' });

const addPayer: Upcaster = (data) => {
  const { cents, currency } = data as SecondDeposit;
  return { money: { amount: String(cents), currency }, by: null };
};

const first = z.strictObject({ cents: z.int() });
const third = shapeOf<Deposited>()(
  z.strictObject({
    money: z.strictObject({ amount: z.string(), currency: z.string() }),
    by: z.string().nullable(),
  }),
  addCurrency,
  addPayer,
);

/** What the code of the first version knew, and what that of the third one knows. */
export const FIRST_CATALOGUE: Catalogue = catalogueOf(
  { Deposited: 1 },
  { Deposited: { schema: first, upcasters: [] } },
);
export const THIRD_CATALOGUE: Catalogue = catalogueOf({ Deposited: 3 }, { Deposited: third });

/** A deposit as the code of a version wrote it. */
export function deposit(stream: string, schemaVersion: number, data: unknown): NewEvent {
  const event = sample('Deposited', data, stream);
  return { ...event, metadata: { ...event.metadata, schemaVersion } };
}
