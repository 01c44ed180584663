import { z } from 'zod';
import { decimalText, symbolText } from './text.ts';

export const positionPath = z.object({ symbol: symbolText });

/** `quantity`: the broker's shares as the trader has seen them, negative for a short position. */
export const adoptPosition = z.object({ quantity: decimalText }).meta({ id: 'AdoptPosition' });
export type AdoptPosition = z.infer<typeof adoptPosition>;
