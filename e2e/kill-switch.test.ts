/** Stopping trading and resuming it, in a real browser: a trader alone, and two operators. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../test/support/run-program.ts';
import { contentWidth, openStage, seriousFaults } from './browser.suite.ts';
import type { Stage } from './browser.suite.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 60_000);
afterAll(() => stage.close());

const banner = (page: Page) => page.getByRole('region', { name: 'Trading is stopped' });
const stopButton = (page: Page) => page.getByRole('button', { name: 'Stop trading', exact: true });

describe('a trader', () => {
  it('stops trading with the keyboard alone, sees it carried out, and resumes', { timeout: 90_000 }, async () => {
    const page = await stage.newTrader('trader@example.com');
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
    const page = await stage.newTrader('phone@example.com', 390);
    await stopButton(page).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop trading' }).click();
    await banner(page).waitFor();
    expect(await contentWidth(page)).toBeLessThanOrEqual(390);
    await page.getByRole('button', { name: 'Stopped: what is stopped' }).click();
    await page.getByRole('dialog').getByRole('article').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
  });
});

describe('two operators', () => {
  it('stop one symbol for everybody, and both have to release it', { timeout: 120_000 }, async () => {
    const emails = ['first@example.com', 'second@example.com'] as const;
    const [first, second, trader] = [
      await stage.newTrader(emails[0]),
      await stage.newTrader(emails[1]),
      await stage.newTrader('somebody@example.com'),
    ];
    for (const email of emails) {
      expect(await runProgram('operators', stage.settings, ['add', email])).toMatchObject({ code: 0 });
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
