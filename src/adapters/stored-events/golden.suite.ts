/** The golden files: for every version of every type ever written, what was stored then. For the test beside this file. */
import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('golden/', import.meta.url);
const NAME = /^(\w+)\.v(\d+)\.json$/;

export interface GoldenFile {
  readonly name: string;
  readonly type: string;
  readonly version: number;
  readonly text: string;
  /** Stored data, one of each kind that there is. */
  readonly examples: readonly unknown[];
}

const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');

/** The SHA-256 of each file, as 64 hexadecimal digits, by its name. */
export const MANIFEST = JSON.parse(read('manifest.json')) as Readonly<Record<string, string>>;

export const GOLDEN_FILES: readonly GoldenFile[] = readdirSync(FOLDER)
  .filter((name) => name !== 'manifest.json')
  .map((name) => {
    const [, type = '', version] = NAME.exec(name) ?? [];
    const text = read(name);
    return { name, type, version: Number(version), text, examples: JSON.parse(text) as readonly unknown[] };
  });
