/** What a handler answers. `body` undefined means an answer without a body. */
export type Answer = { readonly status: number; readonly body?: unknown };
