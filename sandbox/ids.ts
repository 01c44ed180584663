import { createHash, randomBytes } from 'node:crypto';

/** A UUID that is always the same for the same text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}

const BASE32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Makes ULIDs (26 sortable characters) that always grow, also within one millisecond. */
export function ulidMaker(real: () => number): () => string {
  let last = { time: 0, tail: 0n };
  return () => {
    const time = Math.max(Math.floor(real()), last.time);
    const tail = time === last.time ? last.tail + 1n : BigInt(`0x${randomBytes(9).toString('hex')}`);
    last = { time, tail };
    return base32(BigInt(time), 10) + base32(tail, 16);
  };
}

function base32(value: bigint, length: number): string {
  let [rest, out] = [value, ''];
  for (let i = 0; i < length; i++) {
    out = (BASE32[Number(rest & 31n)] ?? '0') + out;
    rest >>= 5n;
  }
  return out;
}
