/**
 * The risk rules, in the order in which the trader is told of them. All of them run, so that the trader sees every reason
 * at once.
 */
import type { Breach } from './assessment.ts';
import { positionMismatch } from './position-mismatch.ts';
import * as account from './rules/account.ts';
import type { Check, Rule } from './rules/check.ts';
import * as instrument from './rules/instrument.ts';
import { dailyLoss } from './rules/loss.ts';
import { buyingPower, marginEquity, marginPositions } from './rules/means.ts';
import { overfill } from './rules/overfill.ts';
import { freshQuote, priceCollar } from './rules/price.ts';
import * as rate from './rules/rate.ts';
import * as short from './rules/short.ts';
import * as size from './rules/size.ts';

export const RULES: readonly Rule[] = [
  account.disclaimer,
  account.terms,
  account.brokerLink,
  account.accountBlocked,
  account.tradingHalted,
  overfill,
  rate.repeatedExecution,
  account.tradesLeft,
  instrument.instrumentTradable,
  instrument.instrumentFraction,
  size.largestOrderValue,
  size.largestOrderQuantity,
  size.largestPosition,
  size.largestExposure,
  size.openOrders,
  dailyLoss,
  short.positionFlip,
  short.shortPolicy,
  short.shortInstrument,
  short.shortAccount,
  short.shortEquity,
  short.shortFraction,
  buyingPower,
  marginEquity,
  marginPositions,
  instrument.protectionRequired,
  priceCollar,
  freshQuote,
  rate.duplicateOrder,
  rate.orderRate,
  rate.keyRate,
  positionMismatch,
];

/** An order of the kill switch closes what is there, whatever else stands against orders. */
const RULES_OF_THE_KILL_SWITCH: readonly Rule[] = [account.reduceOnly];

/** Every reason against the order. */
export const breachesOf = (check: Check): readonly Breach[] =>
  (check.channel === 'kill-switch' ? RULES_OF_THE_KILL_SWITCH : RULES)
    .map((rule) => rule(check))
    .filter((breach) => breach !== null);
