import type { Exchange } from '../exchange.ts';
import { assetIdOf } from './wire.ts';

/** An asset as the Trading API shows it, with what the control interface overrides. */
export type Asset = ReturnType<typeof assetOf> & object;

export function assetOf(exchange: Exchange, symbol: string) {
  const listing = exchange.market.listing(symbol);
  if (!listing) return null;
  const override = exchange.store.assets.get(symbol);
  const easyToBorrow = override?.easy_to_borrow ?? true;
  const fractionableAtAllHours = override?.fractional_eh_enabled ?? true;
  return {
    id: assetIdOf(symbol),
    class: 'us_equity',
    exchange: listing.exchange,
    symbol,
    name: listing.name,
    status: override?.status ?? 'active',
    tradable: override?.tradable ?? true,
    marginable: override?.marginable ?? true,
    shortable: override?.shortable ?? true,
    easy_to_borrow: easyToBorrow,
    borrow_status: easyToBorrow ? 'easy_to_borrow' : 'hard_to_borrow',
    fractionable: override?.fractionable ?? true,
    maintenance_margin_requirement: 30,
    margin_requirement_long: '30',
    margin_requirement_short: '30',
    attributes: fractionableAtAllHours ? ['fractional_eh_enabled'] : [],
    cusip: null,
  };
}

/** Finds an asset by symbol (any case) or by asset id. */
export function findAsset(exchange: Exchange, symbolOrId: string): Asset | null {
  const direct = assetOf(exchange, symbolOrId.toUpperCase());
  if (direct) return direct;
  const wanted = symbolOrId.toLowerCase();
  const listing = exchange.market.source.listings.find((each) => assetIdOf(each.symbol) === wanted);
  return listing ? assetOf(exchange, listing.symbol) : null;
}
