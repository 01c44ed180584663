/** Stopping trading and resuming it, in a real browser: a trader alone, and two operators. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeDataFolder } from '../src/bootstrap/embedded-postgres.ts';
import { runProgram } from '../test/support/run-program.ts';
import type { RunningProgram } from '../test/support/running-product.ts';
import { startProduct } from '../test/support/running-product.ts';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const folder = mkdtempSync(join(tmpdir(), 'tradsy-e2e-kill-'));
const settings = { TRADSY_DATA: folder };
let product: RunningProgram;
let browser: Browser;

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing: install Chromium, or set CHROMIUM_PATH`);
  [product, browser] = await Promise.all([
    startProduct(settings),
    chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-sync', '--disable-dev-shm-usage'],
    }),
  ]);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await product?.kill('SIGTERM');
  await removeDataFolder(folder);
});

/** Signs up in a browser of its own, and goes on to the trading page. */
async function openTrader(email: string, width = 1440): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${product.url}/signup`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password', { exact: true }).fill('a long walk by the river 7');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('checkbox').first().waitFor();
  for (const box of await page.getByRole('checkbox').all()) await box.check();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Link Alpaca account' }).click();
  await page.waitForURL('**/oauth/authorize**');
  await page.getByRole('button', { name: /approve/i }).click();
  await page.waitForURL('**/trade**');
  return page;
}

/** Faults that a person would meet, as axe sees them. */
async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

const banner = (page: Page) => page.getByRole('region', { name: 'Trading is stopped' });
const stopButton = (page: Page) => page.getByRole('button', { name: 'Stop trading', exact: true });

describe('a trader', () => {
  it('stops trading with the keyboard alone, sees it carried out, and resumes', { timeout: 90_000 }, async () => {
    const page = await openTrader('trader@example.com');
    await stopButton(page).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Stop trading' });
    await dialog.waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await stopButton(page).evaluate((button) => button === document.activeElement)).toBe(true);

    await page.keyboard.press('Enter');
    await dialog.getByLabel('Close all positions at the market').focus();
    await page.keyboard.press('Space');
    await dialog.getByLabel('Reason (optional)').fill('Enough for today.');
    await page.keyboard.press('Enter');
    await banner(page).getByText('verified at the broker').waitFor();
    await banner(page).getByText('your account. Enough for today.').waitFor();
    expect(await seriousFaults(page)).toEqual([]);

    const ticket = page.getByRole('region', { name: 'Order ticket' });
    await ticket.getByLabel('Quantity').fill('1');
    await ticket.getByRole('button', { name: 'Place buy order' }).click();
    await ticket.getByText('Enough for today.').first().waitFor();

    await banner(page).getByRole('button', { name: 'Resume trading: your account' }).click();
    await banner(page).getByRole('button', { name: 'Resume trading now' }).click();
    await stopButton(page).waitFor();
    await banner(page).waitFor({ state: 'hidden' });
  });

  it('finds all of it on a phone, without scrolling sideways', { timeout: 60_000 }, async () => {
    const page = await openTrader('phone@example.com', 390);
    await stopButton(page).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop trading' }).click();
    await banner(page).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.getByRole('button', { name: 'Stopped: what is stopped' }).click();
    await page.getByRole('dialog').getByRole('article').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
  });
});

describe('two operators', () => {
  it('stop one symbol for everybody, and both have to release it', { timeout: 120_000 }, async () => {
    const emails = ['first@example.com', 'second@example.com'] as const;
    const [first, second, trader] = [
      await openTrader(emails[0]),
      await openTrader(emails[1]),
      await openTrader('somebody@example.com'),
    ];
    for (const email of emails) {
      expect(await runProgram('operators', settings, ['add', email])).toMatchObject({ code: 0 });
    }
    // Pages that were open all the time know it too.
    await expect
      .poll(
        async () => {
          await stopButton(first).click();
          const choices = await first.getByLabel('What to stop').count();
          if (choices === 0) await first.keyboard.press('Escape');
          return choices;
        },
        { timeout: 15_000 },
      )
      .toBe(1);
    const dialog = first.getByRole('dialog', { name: 'Stop trading' });
    await dialog.getByLabel('What to stop').selectOption('symbol');
    await dialog.getByLabel('Symbol').fill('msft');
    expect(await seriousFaults(first)).toEqual([]);
    await dialog.getByRole('button', { name: 'Stop trading' }).click();

    for (const page of [first, second, trader]) await banner(page).getByText('MSFT, for everybody').waitFor();
    expect(
      await banner(trader)
        .getByRole('button', { name: /release|resume/i })
        .count(),
    ).toBe(0);
    await banner(first).getByRole('button', { name: 'Approve release: MSFT, for everybody' }).click();
    await banner(first).getByRole('button', { name: 'Approve release now' }).click();
    await banner(first).getByText(`${emails[0]} has approved the release`).waitFor();
    expect(
      await banner(first)
        .getByRole('button', { name: /release|resume/i })
        .count(),
    ).toBe(0);
    await banner(second).getByRole('button', { name: 'Resume trading: MSFT, for everybody' }).click();
    await banner(second).getByRole('button', { name: 'Resume trading now' }).click();
    for (const page of [first, second, trader]) await banner(page).waitFor({ state: 'hidden' });
  });
});
