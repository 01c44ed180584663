/** A person's first order, in a real browser: from the sign-up to the fill, and its story. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentWidth, openStage, seriousFaults, signUp } from './browser.suite.ts';
import type { Stage } from './browser.suite.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 60_000);
afterAll(() => stage.close());

describe('a person', () => {
  it('signs up, links a broker, places an order, sees it filled and reads its story', { timeout: 90_000 }, async () => {
    const page = await stage.newPage(1440);
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('401')) errors.push(message.text());
    });

    await page.goto(`${stage.product.url}/signup`);
    await page.getByLabel('E-mail').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await signUp(page, 'first.order@example.com');

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
    const page = await stage.newPage(390, 844);
    for (const path of ['/signup', '/login']) {
      await page.goto(stage.product.url + path);
      await page.getByRole('button').first().waitFor();
      expect(await contentWidth(page)).toBeLessThanOrEqual(390);
    }
  });
});
