/** The texts that must be accepted before trading. A changed text gets a new version, which must be accepted anew. */
import type { DocumentName } from './events.ts';

export interface LegalText {
  readonly version: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
}

export const DOCUMENTS: Readonly<Record<DocumentName, LegalText>> = {
  disclaimer: {
    version: '2026-11',
    title: 'Risk disclaimer',
    paragraphs: [
      'Trading can lose money, and more than was put in where margin or short selling is used. Past results, of people, strategies or backtests, say nothing certain about the future.',
      'Tradsy sends your orders to your own broker account. It is not a broker, gives no investment advice, and does not know whether an order suits you. You decide, and you bear the result.',
      'Markets can move between the moment you press the button and the moment an order is executed. A stop order is not a promise of a price. Systems, networks and brokers can fail; an order whose outcome is not known yet is shown as being confirmed.',
    ],
  },
  terms: {
    version: '2026-11',
    title: 'Terms of use',
    paragraphs: [
      'You use Tradsy for your own account, with your own broker account, and keep your password to yourself. Every order entered with your session counts as yours.',
      'Every order passes checks that can deny it. What was asked, checked, sent and executed is recorded for good, and you can read the record of each of your orders at any time.',
      'You can unlink your broker account whenever you like; orders that are working at the broker then stay there until they are executed or you cancel them at the broker.',
    ],
  },
};

export const CURRENT_VERSIONS: Readonly<Record<DocumentName, string>> = {
  disclaimer: DOCUMENTS.disclaimer.version,
  terms: DOCUMENTS.terms.version,
};
