import { z } from 'zod';
import { decimalText, instantText, symbolText, uuidText } from './text.ts';

/** Whose orders a halt stops. `account` with a symbol: the orders of that account in that symbol. */
export const haltScope = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('everything') }),
    z.object({ kind: z.literal('broker'), broker: z.literal('alpaca') }),
    z.object({ kind: z.literal('symbol'), symbol: symbolText }),
    z.object({ kind: z.literal('strategy'), strategyId: z.string() }),
    z.object({ kind: z.literal('user'), userId: uuidText }),
    z.object({ kind: z.literal('account'), accountId: uuidText, symbol: symbolText.nullable() }),
  ])
  .meta({ id: 'HaltScope' });
export type HaltScope = z.infer<typeof haltScope>;

/** How far an account has come with what a halt asks for; `done` is verified at the broker. */
export const haltStage = z.enum(['cancelling', 'flattening', 'waiting_for_open', 'overdue', 'done']);
export type HaltStage = z.infer<typeof haltStage>;

export const haltProgress = z
  .object({
    accountId: uuidText,
    stage: haltStage,
    /** Orders of which the cancel was asked for, and of these the ones that were not known here. */
    cancelled: z.int(),
    elsewhere: z.int(),
    closing: z.array(z.object({ orderId: uuidText, symbol: z.string(), quantity: z.string() })),
    /** What is left at the broker and here; null while that is not known. Quantities are negative for short positions. */
    left: z
      .object({
        orders: z.int(),
        unfinished: z.int(),
        positions: z.array(z.object({ symbol: z.string(), quantity: decimalText })),
      })
      .nullable(),
    at: instantText,
  })
  .meta({ id: 'HaltProgress' });
export type HaltProgress = z.infer<typeof haltProgress>;

/** A halt that is in force, as the one who asks may see it. */
export const halt = z
  .object({
    id: uuidText,
    scope: haltScope,
    /** `halted`: nothing but cancels. `reducing`: only orders that make a position smaller. */
    level: z.enum(['halted', 'reducing']),
    reason: z.object({ code: z.string(), text: z.string() }),
    /** `watch`: the house by itself. Operators see the names of people. */
    by: z.object({
      kind: z.enum(['you', 'trader', 'operator', 'command_line', 'watch']),
      name: z.string().nullable(),
    }),
    haltedAt: instantText,
    /** The last day of the exchange on which it stands; null: until it is released. */
    until: z.iso.date().nullable(),
    cancelOrders: z.boolean(),
    flatten: z.boolean(),
    /** Whether it may stop an order of one's own. */
    concernsMe: z.boolean(),
    release: z.object({
      /** `its_cause`: nobody releases it; it ends when the position is the broker's again, or the broker's was taken over. */
      needs: z.enum(['its_trader', 'one_operator', 'two_operators', 'its_cause']),
      /** It also ends by itself, when its cause has gone. */
      clearsItself: z.boolean(),
      /** Whether one operator has approved it already, and who, for operators. */
      approved: z.boolean(),
      approvedBy: z.string().nullable(),
      mayI: z.boolean(),
    }),
    carriedOutAt: instantText.nullable(),
    /** Of one's own account; null when there is nothing to do in it, or nothing was done yet. */
    progress: haltProgress.nullable(),
    /** Of all accounts, for operators: how many there are by stage, and those that are not done, at most 50. */
    everywhere: z
      .object({
        accounts: z.int().nullable(),
        stages: z.partialRecord(haltStage, z.int()),
        notDone: z.array(haltProgress),
      })
      .nullable(),
  })
  .meta({ id: 'Halt' });
export type Halt = z.infer<typeof halt>;

export const halts = z
  .object({
    /** Those that concern oneself; for an operator all that stand. The oldest first. */
    halts: z.array(halt),
    /** Whether one may halt and release beyond one's own account. */
    operator: z.boolean(),
  })
  .meta({ id: 'Halts' });
export type Halts = z.infer<typeof halts>;

/** What shall be halted: a user by the e-mail address. Traders halt their own account, or one symbol in it. */
export const wantedScope = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('everything') }),
    z.object({ kind: z.literal('broker'), broker: z.literal('alpaca') }),
    z.object({ kind: z.literal('symbol'), symbol: symbolText }),
    z.object({ kind: z.literal('strategy'), strategyId: z.string().min(1).max(64) }),
    z.object({ kind: z.literal('user'), email: z.email().max(254) }),
    z.object({ kind: z.literal('account'), accountId: uuidText, symbol: symbolText.nullable().default(null) }),
  ])
  .meta({ id: 'WantedHaltScope' });
export type WantedScope = z.input<typeof wantedScope>;

export const wantedHalt = z
  .object({
    scope: wantedScope,
    level: z.enum(['halted', 'reducing']).default('halted'),
    reason: z.string().trim().max(500).default(''),
    cancelOrders: z.boolean().default(true),
    /** Close all positions in the scope; cancels the orders too. */
    flatten: z.boolean().default(false),
  })
  .meta({ id: 'WantedHalt' });
export type WantedHalt = z.input<typeof wantedHalt>;

/** `recorded`: false when such a halt stood already, which is then this one, and nothing of its work had to be done again. */
export const haltAnswer = z.object({ halt, recorded: z.boolean() }).meta({ id: 'HaltAnswer' });

/** `resumed`: the halt stands no longer. Otherwise another operator has to release it too. */
export const releaseAnswer = z.object({ resumed: z.boolean() }).meta({ id: 'ReleaseAnswer' });

export const haltPath = z.object({ id: uuidText });
