/** The trader's limits in a real browser: what is used, making them tighter, and what the ticket makes of them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentWidth, openStage, seriousFaults } from './browser.suite.ts';
import type { Stage } from './browser.suite.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 60_000);
afterAll(() => stage.close());

describe('a trader', () => {
  it('makes a limit tighter for good, after a second look, and is held to it', { timeout: 90_000 }, async () => {
    const page = await stage.newTrader('limits@example.com');
    await page.getByRole('button', { name: 'Account', exact: true }).click();
    await page.getByRole('link', { name: 'Limits' }).click();
    const row = page.getByRole('row').filter({ hasText: 'Largest quantity' });
    await row.getByText('10,000').first().waitFor();
    await page.getByRole('meter', { name: 'Loss of the day' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);

    await row.getByRole('button', { name: 'Make tighter: Largest quantity' }).click();
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
    await ticket.getByLabel('Take profit', { exact: true }).waitFor();
    await ticket.getByLabel('Order type').selectOption('Limit');
    await ticket.getByLabel('Limit price').fill('100');
    expect(await ticket.getByLabel('Take profit', { exact: true }).inputValue()).toBe('106');
    expect(await ticket.getByLabel('Stop loss', { exact: true }).inputValue()).toBe('97');
    await ticket.getByLabel('Stop loss', { exact: true }).fill('95');
    await ticket.getByLabel('Limit price').fill('110');
    expect(await ticket.getByLabel('Take profit', { exact: true }).inputValue()).toBe('106');
    expect(await ticket.getByLabel('Stop loss', { exact: true }).inputValue()).toBe('95');
  });

  it('finds all of it on a phone, without scrolling sideways', { timeout: 60_000 }, async () => {
    const page = await stage.newTrader('phone.limits@example.com', 390);
    await page.goto(`${stage.product.url}/limits`);
    await page.getByRole('button', { name: 'Make tighter: Loss in a day' }).click();
    await page.getByLabel('Loss in a day, from now on').waitFor();
    expect(await contentWidth(page)).toBeLessThanOrEqual(390);
    expect(await seriousFaults(page)).toEqual([]);
  });
});
