/** The addresses and keys of the broker, from the settings: the same adapter code serves both. */
import { ALPACA_ADDRESSES, ALPACA_TIMES } from '../adapters/alpaca/config.ts';
import type { AlpacaAddresses, AlpacaConfig } from '../adapters/alpaca/config.ts';
import type { Config } from './config.ts';

export const CALLBACK_PATH = '/api/v1/broker-links/alpaca/callback';

/** What the sandbox takes without being asked to; it guards nothing. */
const SANDBOX_KEYS = {
  clientId: 'tradsy-sandbox',
  clientSecret: 'tradsy-sandbox-secret',
  houseKeyId: 'TRADSY-HOUSE',
  houseSecret: 'tradsy-house-secret',
} as const;

/**
 * `sandboxUrl`: where the sandbox answers to us; null with the real broker. `publicUrl`: how browsers reach this server,
 * and through it the sandbox's authorize page.
 */
export function alpacaConfig(
  { broker: source, dataFeed, requestsAMinute }: Pick<Config, 'broker' | 'dataFeed' | 'requestsAMinute'>,
  sandboxUrl: string | null,
  publicUrl: string,
): AlpacaConfig {
  const shared = {
    redirectUri: publicUrl + CALLBACK_PATH,
    dataFeed,
    requestsAMinute,
    houseEnvironment: 'paper',
    times: ALPACA_TIMES,
  } as const;
  if (source.kind === 'alpaca') {
    const { clientId, clientSecret, keyId, secretKey } = source;
    return { ...shared, ...ALPACA_ADDRESSES, clientId, clientSecret, houseKeyId: keyId, houseSecret: secretKey };
  }
  // The sandbox's clock may run fast or be moved, so its readings serve for a short time only.
  return {
    ...shared,
    times: { ...ALPACA_TIMES, clockServes: 1_000 },
    ...SANDBOX_KEYS,
    ...sandboxAddresses(sandboxUrl ?? publicUrl, publicUrl),
  };
}

function sandboxAddresses(sandboxUrl: string, publicUrl: string): AlpacaAddresses {
  const stream = `${sandboxUrl.replace(/^http/, 'ws')}/stream`;
  return {
    tradingUrl: { paper: sandboxUrl, live: sandboxUrl },
    tradingStreamUrl: { paper: stream, live: stream },
    dataUrl: sandboxUrl,
    authorizeUrl: `${publicUrl}/oauth/authorize`,
    tokenUrl: `${sandboxUrl}/oauth/token`,
  };
}
