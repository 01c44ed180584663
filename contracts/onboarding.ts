import { z } from 'zod';
import { instantText, uuidText } from './text.ts';

/** A text that a trader must accept before trading; a new version must be accepted anew. */
const document = z.object({
  version: z.string(),
  title: z.string(),
  paragraphs: z.array(z.string()),
  acceptedAt: instantText.nullable(),
});

export const brokerLink = z
  .object({
    broker: z.literal('alpaca'),
    environment: z.enum(['paper', 'live']),
    /** The broker's own number of the linked account. */
    brokerAccount: z.string(),
    linkedAt: instantText,
    /** `revoked`: the broker refuses our token; link again. */
    status: z.enum(['active', 'revoked']),
  })
  .meta({ id: 'BrokerLink' });
export type BrokerLink = z.infer<typeof brokerLink>;

/** All that stands between a user and the first order, and what is done already. */
export const onboarding = z
  .object({
    user: z.object({ id: uuidText, email: z.string() }),
    accountId: uuidText,
    disclaimer: document,
    terms: document,
    brokerLink: brokerLink.nullable(),
    plan: z.object({
      name: z.enum(['free', 'basic', 'pro', 'elite']),
      /** Null: without limit. */
      tradesIncluded: z.int().nullable(),
      tradesUsed: z.int(),
      tradesLeft: z.int().nullable(),
    }),
    mayTrade: z.boolean(),
    missing: z.array(z.enum(['disclaimer', 'terms', 'broker_link'])),
  })
  .meta({ id: 'Onboarding' });
export type Onboarding = z.infer<typeof onboarding>;

/** The versions that the trader has read and accepts, as `GET` showed them. */
export const acceptDocuments = z
  .object({ disclaimerVersion: z.string().max(32), termsVersion: z.string().max(32) })
  .meta({ id: 'AcceptDocuments' });

export const startLink = z
  .object({ environment: z.enum(['paper', 'live']).default('paper') })
  .meta({ id: 'StartBrokerLink' });

/** Where to send the browser; the broker sends it back to the callback, within ten minutes. */
export const linkStarted = z.object({ authorizeUrl: z.url() }).meta({ id: 'BrokerLinkStarted' });

/** What the parts of this installation stand on, so that screens can say so. */
export const environment = z
  .object({
    broker: z.enum(['sandbox', 'alpaca']),
    /** `synthetic`: made up by a generator. `replay`: real bars of the past. `live`: the market. */
    data: z.enum(['synthetic', 'replay', 'live']),
  })
  .meta({ id: 'Environment' });
export type Environment = z.infer<typeof environment>;
