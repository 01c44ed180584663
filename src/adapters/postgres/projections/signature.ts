/**
 * What rows were made from and by: the event store and the version of each view, as `postgres: accounts@1 orders@1`. It
 * stands in the checkpoint; a position means nothing in another store, nor do rows of another version to their queries.
 */
interface Versioned {
  readonly name: string;
  readonly version: number;
}

export interface Signature {
  /** The event store's name. */
  readonly log: string;
  /** The version of each view, by name. */
  readonly versions: ReadonlyMap<string, number>;
}

export const signatureOf = (log: string, views: readonly Versioned[]): string =>
  signatureText({ log, versions: new Map(views.map(({ name, version }) => [name, version])) });

export function signatureText({ log, versions }: Signature): string {
  const names = [...versions].map(([name, version]) => `${name}@${version}`).toSorted();
  return `${log}: ${names.join(' ')}`;
}

export function readSignature(text: string): Signature {
  const [log = '', views = ''] = text.split(': ');
  const versions = views.split(' ').map((view): [string, number] => {
    const [name = '', version = ''] = view.split('@');
    return [name, Number(version)];
  });
  return { log, versions: new Map(versions) };
}
