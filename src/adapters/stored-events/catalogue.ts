/** Every type of event that is stored: its version, its shape, and the way to it from every older version. */
import { ACCOUNT_EVENT_VERSIONS } from '../../domain/account/events.ts';
import { ORDER_EVENT_VERSIONS } from '../../domain/order/events.ts';
import { RISK_EVENT_VERSIONS } from '../../domain/risk-policy/events.ts';
import { KILL_SWITCH_EVENT_VERSIONS } from '../../domain/risk-policy/kill-switch/events.ts';
import { ACCOUNT_SHAPES } from './account.ts';
import { KILL_SWITCH_SHAPES } from './kill-switch.ts';
import { ORDER_SHAPES } from './order.ts';
import { RISK_SHAPES } from './risk-policy.ts';
import type { Shape } from './shape.ts';

export interface StoredType extends Shape {
  /** The current version, from 1. */
  readonly version: number;
}

/** By the name of the type. */
export type Catalogue = ReadonlyMap<string, StoredType>;

/**
 * Puts versions and shapes together. Throws when a type has not one upcaster for each older version: then something
 * stored could never be read.
 */
export function catalogueOf<Type extends string>(
  versions: Readonly<Record<Type, number>>,
  shapes: Readonly<Record<Type, Shape>>,
): Catalogue {
  const catalogue = new Map<string, StoredType>();
  for (const type of Object.keys(versions) as Type[]) {
    const version = versions[type];
    const { schema, upcasters } = shapes[type];
    if (upcasters.length !== version - 1) {
      throw new Error(`${type} is at version ${version} and has ${upcasters.length} upcasters`);
    }
    catalogue.set(type, { version, schema, upcasters });
  }
  return catalogue;
}

export const CATALOGUE: Catalogue = new Map([
  ...catalogueOf(ACCOUNT_EVENT_VERSIONS, ACCOUNT_SHAPES),
  ...catalogueOf(ORDER_EVENT_VERSIONS, ORDER_SHAPES),
  ...catalogueOf(RISK_EVENT_VERSIONS, RISK_SHAPES),
  ...catalogueOf(KILL_SWITCH_EVENT_VERSIONS, KILL_SWITCH_SHAPES),
]);
