import { START, type Position } from '../../application/ports/event-store.ts';
import type { Checkpoints, EventPlace, PassedOver } from '../../application/ports/progress.ts';

/** How far reactions have come, for unit tests: in this process, gone with it. */
export function createMemoryCheckpoints(): Checkpoints {
  const positions = new Map<string, Position>();
  return {
    load: async (reaction) => positions.get(reaction) ?? START,
    async save(reaction, position) {
      positions.set(reaction, position);
    },
  };
}

/** What reactions have passed over, for unit tests: in this process, gone with it. */
export function createMemoryPassedOver(): PassedOver {
  const places = new Map<string, EventPlace & { readonly reaction: string }>();
  const key = (reaction: string, { stream, revision }: EventPlace): string => `${reaction} ${stream} ${revision}`;
  return {
    async load(reaction) {
      const own = [...places.values()].filter((place) => place.reaction === reaction);
      return own
        .map(({ stream, revision, position }) => ({ stream, revision, position }))
        .toSorted((a, b) => (a.position < b.position ? -1 : 1));
    },
    async add(reaction, { stream, revision, position }) {
      const place = { reaction, stream, revision, position };
      places.set(key(reaction, place), place);
    },
    async remove(reaction, event) {
      places.delete(key(reaction, event));
    },
  };
}
