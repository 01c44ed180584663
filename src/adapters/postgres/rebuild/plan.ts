import { readSignature, type Signature } from '../projections/signature.ts';
import type { View } from '../projections/view.ts';

/**
 * The views to build so that the live rows become this release's: the named ones, those whose live rows are of another
 * version or store, and the views that any of these reads. In the order of `views`.
 */
export function viewsToBuild(
  views: readonly View[],
  named: readonly string[],
  live: string,
  log: string,
): readonly View[] {
  const wanted = new Set([...named, ...changedViews(views, live, log)]);
  // What a view reads stands before it, so that going backwards finds all.
  for (const { name, reads = [] } of views.toReversed()) {
    if (wanted.has(name)) for (const read of reads) wanted.add(read);
  }
  return views.filter(({ name }) => wanted.has(name));
}

/** The names of the views of which the live rows are of another version or store. */
export function changedViews(views: readonly View[], live: string, log: string): readonly string[] {
  const made = readSignature(live);
  return views.filter((view) => !isMadeBy(view, made, log)).map(({ name }) => name);
}

/**
 * The views of the previous rows, when going back to them makes all live rows this release's; null when it does not.
 */
export function viewsToGoBackTo(
  views: readonly View[],
  live: string,
  previous: string,
  log: string,
): readonly View[] | null {
  const made = readSignature(previous);
  const back = views.filter(({ name }) => made.versions.has(name));
  const known = new Set(back.map(({ name }) => name));
  const fits =
    back.length === made.versions.size &&
    back.every((view) => isMadeBy(view, made, log)) &&
    changedViews(views, live, log).every((name) => known.has(name));
  return fits ? back : null;
}

const isMadeBy = ({ name, version }: View, made: Signature, log: string): boolean =>
  made.log === log && made.versions.get(name) === version;

export const tablesOf = (views: readonly View[]): readonly string[] => views.flatMap(({ tables }) => tables);
