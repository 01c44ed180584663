/** A person's first order, in a real browser: from the sign-up to the fill, and its story. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeDataFolder } from '../src/bootstrap/embedded-postgres.ts';
import type { RunningProgram } from '../test/support/running-product.ts';
import { startProduct } from '../test/support/running-product.ts';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const folder = mkdtempSync(join(tmpdir(), 'tradsy-e2e-'));
let product: RunningProgram;
let browser: Browser;

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing: install Chromium, or set CHROMIUM_PATH`);
  [product, browser] = await Promise.all([
    startProduct({ TRADSY_DATA: folder }),
    chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-dev-shm-usage',
      ],
    }),
  ]);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await product?.kill('SIGTERM');
  await removeDataFolder(folder);
});

/** Faults that a person would meet, as axe sees them. */
async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

describe('a person', () => {
  it('signs up, links a broker, places an order, sees it filled and reads its story', { timeout: 90_000 }, async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('401')) errors.push(message.text());
    });

    await page.goto(`${product.url}/signup`);
    await page.getByLabel('E-mail').fill('first.order@example.com');
    await page.getByLabel('Password', { exact: true }).fill('a long walk by the river 7');
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Create account' }).click();

    for (const box of await waitForBoxes(page)) await box.check();
    await page.getByRole('button', { name: 'Continue' }).click();

    await page.getByRole('button', { name: 'Link Alpaca account' }).click();
    await page.waitForURL('**/oauth/authorize**');
    await page.getByRole('button', { name: /approve/i }).click();
    await page.waitForURL('**/trade**');

    const ticket = page.getByRole('region', { name: 'Order ticket' });
    await ticket.getByLabel('Quantity').fill('3');
    await ticket.getByRole('button', { name: 'Place buy order' }).click();
    await ticket.getByText('Order accepted').waitFor();
    // A second press right away is asked about.
    await ticket.getByRole('button', { name: 'Place buy order' }).click();
    await ticket.getByRole('button', { name: 'Place another one' }).click();
    await ticket.getByText('Order accepted').waitFor();
    const positions = page.getByRole('table', { name: 'Positions' });
    await positions.getByRole('row').filter({ hasText: '6' }).first().waitFor({ timeout: 20_000 });
    expect(await seriousFaults(page)).toEqual([]);

    // What does not go together is said before anything is sent, or can not be chosen.
    await ticket.getByLabel('Order type').selectOption('Limit');
    await ticket.getByLabel('Time in force').selectOption('Until cancelled');
    await ticket.getByLabel('Quantity').fill('0.5');
    await ticket.getByText('An order for a fraction of a share must be a day order.').waitFor();
    await ticket.getByLabel('Outside of the regular session too').check();
    expect(await ticket.getByRole('checkbox', { name: /bracket/i }).isDisabled()).toBe(true);
    expect(await seriousFaults(page)).toEqual([]);
    await ticket.getByLabel('Order type').selectOption('Market');

    await ticket.getByLabel('Quantity').fill('20000');
    await ticket.getByRole('button', { name: 'Place buy order' }).click();
    await ticket.getByText('10,000').first().waitFor();

    await page.getByRole('tab', { name: /all orders/i }).click();
    const orders = page.getByRole('table', { name: 'Orders' }).getByRole('row');
    const filled = orders.filter({ has: page.getByRole('link'), hasText: 'Filled' }).first();
    await filled.getByRole('link').first().click();
    const story = page.getByRole('region', { name: 'Order story' });
    await story
      .getByText(/filled/i)
      .first()
      .waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('finds everything on a phone, without scrolling sideways', { timeout: 60_000 }, async () => {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    for (const path of ['/signup', '/login']) {
      await page.goto(product.url + path);
      await page.getByRole('button').first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    }
  });
});

async function waitForBoxes(page: Page) {
  await page.getByRole('checkbox').first().waitFor();
  return page.getByRole('checkbox').all();
}
