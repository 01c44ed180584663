/**
 * A dictionary that is never changed: adding an entry gives a new one that shares all but a few nodes with the old. Unlike
 * a copied Map it costs the same with a hundred entries and with a hundred thousand. A trie over the key's hash, five
 * bits a level.
 */
export type Dictionary<Value> = Branch<Value> | Leaf<Value> | null;

type Entry<Value> = readonly [key: string, value: Value];
interface Branch<Value> {
  readonly children: readonly (Dictionary<Value> | undefined)[];
}
/** Keys whose hashes agree as far as the trie goes. */
interface Leaf<Value> {
  readonly hash: number;
  readonly entries: readonly Entry<Value>[];
}

export const EMPTY = null;

const BITS = 5;
const MASK = 31;
const DEEPEST = 30;

export function find<Value>(dictionary: Dictionary<Value>, key: string): Value | undefined {
  const hash = hashOf(key);
  let node: Dictionary<Value> | undefined = dictionary;
  for (let shift = 0; node !== null && node !== undefined && 'children' in node; shift += BITS) {
    node = node.children[(hash >>> shift) & MASK];
  }
  return node?.entries.find(([known]) => known === key)?.[1];
}

export const has = (dictionary: Dictionary<unknown>, key: string): boolean => find(dictionary, key) !== undefined;

/** The dictionary with this entry in place of an older one of the same key. `value` must not be undefined. */
export const put = <Value>(dictionary: Dictionary<Value>, key: string, value: Value): Dictionary<Value> =>
  insert(dictionary, hashOf(key), [key, value], 0);

/** Every value, in no order that means anything. */
export function* valuesOf<Value>(dictionary: Dictionary<Value>): Generator<Value> {
  if (dictionary === null) return;
  if ('entries' in dictionary) for (const [, value] of dictionary.entries) yield value;
  else for (const child of dictionary.children) yield* valuesOf(child ?? null);
}

function insert<Value>(node: Dictionary<Value>, hash: number, entry: Entry<Value>, shift: number): Dictionary<Value> {
  if (node === null) return { hash, entries: [entry] };
  if ('children' in node) return withChild(node, hash, entry, shift);
  if (node.hash === hash || shift > DEEPEST) {
    return { hash, entries: [...node.entries.filter(([known]) => known !== entry[0]), entry] };
  }
  const branch: Branch<Value> = { children: [] };
  return withChild(childAt(branch, node.hash, shift, node), hash, entry, shift);
}

function withChild<Value>(branch: Branch<Value>, hash: number, entry: Entry<Value>, shift: number): Branch<Value> {
  const child = branch.children[(hash >>> shift) & MASK] ?? null;
  return childAt(branch, hash, shift, insert(child, hash, entry, shift + BITS));
}

function childAt<Value>(branch: Branch<Value>, hash: number, shift: number, child: Dictionary<Value>): Branch<Value> {
  const children = [...branch.children];
  children[(hash >>> shift) & MASK] = child;
  return { children };
}

/** FNV-1a, 32 bits. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
