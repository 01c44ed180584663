import { expect, it } from 'vitest';
import { createEventStreamReader } from './event-stream.ts';

it('puts events together from pieces cut anywhere', () => {
  const text = ': hello\r\n\r\ndata: {"a":1}\n\nevent: x\ndata: one\ndata:two\r\n\r\ndata: unfinished';
  for (let size = 1; size <= text.length; size += 1) {
    const seen: string[] = [];
    const read = createEventStreamReader((data) => seen.push(data));
    for (let at = 0; at < text.length; at += size) read(text.slice(at, at + size));
    expect(seen).toEqual(['{"a":1}', 'one\ntwo']);
  }
});
