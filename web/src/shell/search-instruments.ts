import type { Instrument } from '../../../contracts/broker-api.ts';

/** 0: the symbol itself; 1: symbol begins so; 2: a word of the name begins so; 3: somewhere in the name; null: no match. */
function rank({ name, description }: Instrument, wanted: string): number | null {
  const words = description.toUpperCase();
  if (name === wanted) return 0;
  if (name.startsWith(wanted)) return 1;
  if (words.split(/[^A-Z0-9]+/).some((word) => word.startsWith(wanted))) return 2;
  return words.includes(wanted) ? 3 : null;
}

/** Instruments for what was typed, best first; all of them by symbol when nothing was typed. */
export function searchInstruments(instruments: readonly Instrument[], typed: string, most: number): Instrument[] {
  const wanted = typed.trim().toUpperCase();
  return instruments
    .flatMap((instrument) => {
      const place = wanted === '' ? 1 : rank(instrument, wanted);
      return place === null ? [] : [{ instrument, place }];
    })
    .toSorted((a, b) => a.place - b.place || (a.instrument.name < b.instrument.name ? -1 : 1))
    .slice(0, most)
    .map(({ instrument }) => instrument);
}
