/** Whether heads are what was signed, one after the other. */
import { NO_HASH, type Sha256 } from '../ports/event-chain.ts';
import type { SignedHead, Trust } from '../ports/heads.ts';
import { headLine, headText } from './head.ts';

export type HeadProblem = 'chain' | 'count' | 'key' | 'signature';

export interface HeadFault {
  readonly kind: 'head';
  /** Counted from 1. */
  readonly number: number;
  readonly head: SignedHead;
  readonly problem: HeadProblem;
}

/** The first head that is not as it was signed, or does not follow the one before; null when all are right. */
export function findHeadFault(heads: readonly SignedHead[], trust: Trust, sha256: Sha256): HeadFault | null {
  let before: SignedHead | null = null;
  for (const [index, head] of heads.entries()) {
    const problem = headProblem(head, before, trust, sha256);
    if (problem !== null) return { kind: 'head', number: index + 1, head, problem };
    before = head;
  }
  return null;
}

function headProblem(head: SignedHead, before: SignedHead | null, trust: Trust, sha256: Sha256): HeadProblem | null {
  if (!trust.has(head.key)) return 'key';
  if (!trust.isSigned(head.key, headText(head), head.signature)) return 'signature';
  if (head.previous !== (before === null ? NO_HASH : sha256(headLine(before)))) return 'chain';
  if (head.count <= (before?.count ?? 0)) return 'count';
  return null;
}
