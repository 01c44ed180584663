/** The words in which the shapes of stored events are written. */
import { z } from 'zod';

/** Makes data of the next version from that of one version, without changing what it is given. */
export type Upcaster = (data: unknown) => unknown;

/** The stored shape of a type of event. */
export interface Shape<Data = unknown> {
  /** Of the current version. */
  readonly schema: z.ZodType<Data>;
  /** From version 1 to 2, from 2 to 3, and so on to the current one. */
  readonly upcasters: readonly Upcaster[];
}

interface AnyEvent {
  readonly type: string;
  readonly data: unknown;
}

/** A shape for every type of a module's events; the compiler holds both to each other. */
export type Shapes<Event extends AnyEvent> = {
  readonly [Type in Event['type']]: Shape<Extract<Event, { readonly type: Type }>['data']>;
};

/** Compiles only for a schema that allows exactly what the event's data may be. */
export const shapeOf =
  <Event extends AnyEvent>() =>
  <Schema extends z.ZodType<Event['data']>>(
    schema: Event['data'] extends z.output<Schema> ? Schema : never,
    ...upcasters: readonly Upcaster[]
  ): Shape<Event['data']> => ({ schema, upcasters });

/** As long as the domain's own decimals can be. */
export const decimal = z.string().regex(/^-?\d{1,40}(\.\d{1,18})?$/);

/** RFC 3339, in UTC or with an offset, with as many decimals as the broker sends. */
export const time = z.iso.datetime({ offset: true });

/** A day of the exchange: `2026-03-02`. */
export const day = z.iso.date();
