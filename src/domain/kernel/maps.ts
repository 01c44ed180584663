/** Small maps that are never changed: each change gives a copy. For many entries there is the dictionary. */

/** The map with this entry in place of an older one of the same key. */
export const added = <Key, Entry>(map: ReadonlyMap<Key, Entry>, key: Key, entry: Entry): ReadonlyMap<Key, Entry> =>
  new Map(map).set(key, entry);

/** The map without the entry of this key. */
export function dropped<Key, Entry>(map: ReadonlyMap<Key, Entry>, key: Key): ReadonlyMap<Key, Entry> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
