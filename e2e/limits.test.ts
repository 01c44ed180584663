/** The trader's limits in a real browser: what is used, making them tighter, and what the ticket makes of them. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Locator } from 'playwright-core';
import { contentWidth, openStage, PASSWORD, seriousFaults } from './browser.suite.ts';
import type { Stage } from './browser.suite.ts';
import { writeUnhurriedLimits } from '../test/support/limits-file.ts';

let stage: Stage;
beforeAll(async () => {
  // Fewer orders than the free plan includes are too many of one kind.
  const limits = { mostRepetitionsInAMinute: 3 };
  stage = await openStage((folder) => ({ TRADSY_LIMITS: writeUnhurriedLimits(join(folder, 'limits.json'), limits) }));
}, 60_000);
afterAll(() => stage.close());

/** Waits until it has the focus. */
const isFocused = (place: Locator): Promise<void> =>
  place.and(place.page().locator(':focus')).waitFor({ state: 'attached' });

/** Orders of one kind, as a program sends them that repeats itself, until one is too many. */
async function repeatOrders(url: string, email: string): Promise<void> {
  const json = { 'content-type': 'application/json' };
  const login = { method: 'POST', headers: json, body: JSON.stringify({ email, password: PASSWORD }) };
  const { accessToken } = (await (await fetch(`${url}/api/v1/auth/login`, login)).json()) as { accessToken: string };
  const headers = { authorization: `Bearer ${accessToken}` };
  const accounts = await (await fetch(`${url}/broker/v1/accounts`, { headers })).json();
  const orders = `${url}/broker/v1/accounts/${(accounts as { d: { id: string }[] }).d[0]?.id}/orders`;
  let answer = '';
  for (let quantity = 1; quantity <= 5; quantity += 1) {
    const form = { instrument: 'AAPL', side: 'buy', type: 'market', qty: String(quantity) };
    const response = await fetch(orders, { method: 'POST', headers, body: new URLSearchParams(form) });
    answer = await response.text();
    if (answer.includes('repeated_execution')) return;
  }
  throw new Error(`none of 5 orders was one too many; to the last one: ${answer}`);
}

describe('a trader', () => {
  it('makes a limit tighter for good, after a second look, and is held to it', { timeout: 90_000 }, async () => {
    const page = await stage.newTrader('limits@example.com');
    await page.getByRole('button', { name: 'Account', exact: true }).click();
    await page.getByRole('link', { name: 'Limits' }).click();
    const row = page.getByRole('row').filter({ hasText: 'Largest quantity' });
    await row.getByText('10,000').first().waitFor();
    await page.getByRole('meter', { name: 'Loss of the day' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);

    const tighten = row.getByRole('button', { name: 'Tighten… Largest quantity' });
    await tighten.click();
    await page.getByRole('button', { name: 'Leave it' }).click();
    await isFocused(tighten);
    await tighten.click();
    const field = page.getByLabel('Largest quantity, from now on');
    for (const [typed, error] of [
      ['0', 'Enter a number greater than 0'],
      ['20,000', 'Enter less than 10,000'],
    ] as const) {
      await field.fill(typed);
      await page.keyboard.press('Enter');
      await page.getByText(error).waitFor();
    }
    await field.fill('5');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Yes, 5 for good' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await row.getByText('Yours').waitFor();
    expect(await row.getByRole('cell').nth(1).innerText()).toContain('5');
    await isFocused(tighten);

    // A switch has nothing left to be turned to, so its button is gone.
    await page.getByRole('button', { name: 'Forbid… Short selling' }).click();
    await page.getByRole('button', { name: 'Yes, for good' }).click();
    await isFocused(page.getByRole('rowheader', { name: 'Short selling' }));

    await page.getByRole('link', { name: 'Trade', exact: true }).click();
    const ticket = page.getByRole('region', { name: 'Order ticket' });
    await ticket.getByLabel('Quantity').fill('6');
    await ticket.getByRole('button', { name: 'Place buy order' }).click();
    await ticket.getByRole('row', { name: /Largest order quantity/ }).waitFor();
  });

  it('chooses a cautious profile, whose exits the ticket then proposes', { timeout: 60_000 }, async () => {
    const page = await stage.newTrader('cautious@example.com');
    await page.goto(`${stage.product.url}/limits`);
    await page.getByRole('radio', { name: 'Cautious' }).check();
    await page.getByRole('button', { name: 'Choose this profile' }).click();
    await page.getByRole('button', { name: 'This is your profile' }).waitFor();
    await page.getByRole('radio', { name: 'Bold' }).check();
    await page.getByRole('button', { name: 'Choose this profile' }).click();
    await page.getByRole('alert').getByText('Largest order must not allow more than now').waitFor();

    await page.getByRole('link', { name: 'Trade', exact: true }).click();
    const ticket = page.getByRole('region', { name: 'Order ticket' });
    const takeProfit = ticket.getByLabel('Take profit', { exact: true });
    const stopLoss = ticket.getByLabel('Stop loss', { exact: true });
    await takeProfit.waitFor();
    await ticket.getByLabel('Order type').selectOption('Limit');
    await ticket.getByLabel('Limit price').fill('100');
    expect(await takeProfit.inputValue()).toBe('106');
    expect(await stopLoss.inputValue()).toBe('97');
    await stopLoss.fill('95');
    await ticket.getByLabel('Limit price').fill('110');
    expect(await takeProfit.inputValue()).toBe('106');
    expect(await stopLoss.inputValue()).toBe('95');
  });

  it('writes an exit while the quotes go on, and hears the order at its button', { timeout: 60_000 }, async () => {
    const page = await stage.newTrader('exits@example.com');
    const ticket = page.getByRole('region', { name: 'Order ticket' });
    const takeProfit = ticket.getByLabel('Take profit', { exact: true });
    await ticket.getByLabel('Quantity').fill('1');
    await ticket.getByRole('checkbox', { name: /bracket/i }).check();
    const quote = ticket.getByText(/^Bid /);
    const next = async (): Promise<void> => {
      const now = await quote.innerText();
      await ticket.getByText(/^Bid /).filter({ hasNotText: now }).waitFor({ state: 'attached' });
    };
    await quote.waitFor({ state: 'attached' });
    await takeProfit.press('ControlOrMeta+a');
    const loss = await ticket.getByLabel('Stop loss', { exact: true }).inputValue();
    await next();
    await page.keyboard.type('999');
    expect(await takeProfit.inputValue()).toBe('999');
    expect(await ticket.getByLabel('Stop loss', { exact: true }).inputValue()).toBe(loss);

    const place = ticket.getByRole('button', { name: 'Place buy order' });
    const review = page.locator(`[id="${await place.getAttribute('aria-describedby')}"]`);
    expect(await review.innerText()).toMatch(/^Buy 1 AAPL at market, take profit 999.00, stop loss /);
    expect(await ticket.locator('[aria-live]').count()).toBe(0);
  });

  it('looks at orders that repeated themselves, and goes on from the top', { timeout: 90_000 }, async () => {
    const page = await stage.newTrader('repeats@example.com');
    await repeatOrders(stage.product.url, 'repeats@example.com');
    await page.goto(`${stage.product.url}/limits`);
    const allow = page.getByRole('button', { name: 'Allow orders again: Too many buy orders in AAPL' });
    await allow.waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await allow.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Orders in AAPL are looked at').waitFor();
    await isFocused(page.getByRole('heading', { name: 'Limits', exact: true }));
  });

  it('finds all of it on a phone, without scrolling sideways', { timeout: 60_000 }, async () => {
    const page = await stage.newTrader('phone.limits@example.com', 390);
    await page.goto(`${stage.product.url}/limits`);
    await page.getByRole('button', { name: 'Tighten… Loss in a day' }).click();
    await page.getByLabel('Loss in a day, from now on').waitFor();
    expect(await contentWidth(page)).toBeLessThanOrEqual(390);
    expect(await seriousFaults(page)).toEqual([]);
  });
});
