/** Accepting the disclaimer and the terms of use, in the versions that were shown. */
import { accountStream } from '../../domain/account/events.ts';
import type { DocumentName } from '../../domain/account/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { Position } from '../ports/event-store.ts';

export type AcceptDocuments = (
  userId: string,
  versions: Readonly<Record<DocumentName, string>>,
  cause: Cause,
) => Promise<
  | { readonly kind: 'done'; readonly position: Position | null }
  | { readonly kind: 'refused'; readonly code: 'not_found' }
  | {
      readonly kind: 'refused';
      readonly code: 'wrong_document_version';
      readonly document: DocumentName;
      readonly current: string;
    }
>;

export function createAcceptDocuments({
  aggregates,
  clock,
}: {
  aggregates: Aggregates;
  clock: Clock;
}): AcceptDocuments {
  return async (userId, versions, cause) => {
    let position: Position | null = null;
    for (const document of ['disclaimer', 'terms'] as const) {
      const command = { type: 'AcceptDocument', document, version: versions[document], at: clock.now() } as const;
      const accepted = await aggregates.accounts.handle(accountStream(userId), command, cause);
      if (accepted.kind === 'refused') {
        const { refusal } = accepted;
        return refusal.code === 'wrong_document_version'
          ? { kind: 'refused', ...refusal }
          : { kind: 'refused', code: 'not_found' };
      }
      position = accepted.position ?? position;
    }
    return { kind: 'done', position };
  };
}
