/** A real browser before the product, and the way of a new trader through it, for the tests beside this file. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { removeDataFolder } from '../src/bootstrap/embedded-postgres.ts';
import type { RunningProgram } from '../test/support/running-product.ts';
import { startProduct } from '../test/support/running-product.ts';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-sync',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-dev-shm-usage',
];

/** Of every trader here. */
export const PASSWORD = 'a long walk by the river 7';

export interface Stage {
  readonly product: RunningProgram;
  readonly browser: Browser;
  /** The product's settings, for other programs on the same folder. */
  readonly settings: Readonly<Record<string, string>>;
  /** A page in a context of its own, which waits for 15 s at most. */
  newPage(width: number, height?: number): Promise<Page>;
  /** Signs up on such a page, accepts the documents, links the broker, and is at the trading page. */
  newTrader(email: string, width?: number): Promise<Page>;
  close(): Promise<void>;
}

/** `more`: further settings of the product, which may keep files in its folder. */
export async function openStage(
  more: (folder: string) => Readonly<Record<string, string>> = () => ({}),
): Promise<Stage> {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing: install Chromium, or set CHROMIUM_PATH`);
  const folder = mkdtempSync(join(tmpdir(), 'tradsy-e2e-'));
  const settings = { TRADSY_DATA: folder, ...more(folder) };
  const [product, browser] = await Promise.all([
    startProduct(settings),
    chromium.launch({ executablePath: CHROMIUM, args: QUIET }),
  ]);

  async function newPage(width: number, height = 900): Promise<Page> {
    const context = await browser.newContext({ viewport: { width, height } });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    return page;
  }

  return {
    product,
    browser,
    settings,
    newPage,
    async newTrader(email, width = 1440) {
      const page = await newPage(width);
      await page.goto(`${product.url}/signup`);
      await signUp(page, email);
      return page;
    },
    async close() {
      await browser.close();
      await product.kill('SIGTERM');
      await removeDataFolder(folder);
    },
  };
}

/** From the sign-up page to the trading page. */
export async function signUp(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('checkbox').first().waitFor();
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Link Alpaca account' }).click();
  await page.waitForURL('**/oauth/authorize**');
  await page.getByRole('button', { name: /approve/i }).click();
  await page.waitForURL('**/trade**');
}

/** Faults that a person would meet, as axe sees them. */
export async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

/** How wide the page's content is: more than the window means that it scrolls sideways. */
export const contentWidth = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
