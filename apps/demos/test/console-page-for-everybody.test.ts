// SPDX-License-Identifier: Apache-2.0
// The page of the console with the keyboard alone, at any width, in light and dark colours.
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, launchBrowser } from './browser.js';
import { ConsolePage, expectShown } from './console-page.js';

let browser: Browser;
let shown: ConsolePage;

async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) await shown.page.keyboard.press(key);
}

/** Goes on to what has the focus next, until that is it. */
async function tabTo(target: Locator): Promise<void> {
  const focused = target.and(shown.page.locator(':focus'));
  for (let steps = 0; steps < 60; steps++) {
    await press('Tab');
    if ((await focused.count()) === 1) return;
  }
  throw new Error(`the keyboard does not lead to ${String(target)}`);
}

describe.skipIf(!hasBrowser)('the page of the console', () => {
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  afterEach(() => shown[Symbol.asyncDispose]());

  it('can be used with the keyboard alone', async () => {
    shown = await ConsolePage.open(browser);
    const { keyboard } = shown.page;
    await tabTo(shown.field('Kind'));
    await tabTo(shown.button('Start'));
    await press('Enter');
    await expectShown(shown.heading('TcpServer 1'));
    await tabTo(shown.field('Kind'));
    await keyboard.type('TcpA');
    await tabTo(shown.field('Connections'));
    await keyboard.type('3');
    await press('Enter');
    await expectShown(shown.heading('TcpAgent 2'));
    await expectShown(shown.row('open').nth(2));
    await tabTo(shown.grid);
    await press('ArrowDown', 'ArrowDown');
    await expect.poll(() => shown.row(/^2open/).getAttribute('aria-selected')).toBe('true');
    expect(await shown.grid.getAttribute('aria-activedescendant')).toBe('connection-2');
    await tabTo(shown.data);
    expect(await shown.page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await keyboard.type('typed');
    await press('Enter');
    await expectShown(shown.logged(/TcpAgent 2#2onReceive5 bytes: typed/));
    await tabTo(shown.button('Kick'));
    await press('Space');
    await shown.row(/^2open/).waitFor({ state: 'detached' });
    await tabTo(shown.grid);
    await press('ArrowDown', 'Escape');
    await expectShown(shown.page.getByText('Select one to talk to it.'));
    await tabTo(shown.button('Stop'));
    await press('Enter');
    await expectShown(shown.button('Start again'));
  });

  describe.each([
    [1280, 800],
    [800, 1000],
  ])('at %d pixels', (width, height) => {
    it.each(['light', 'dark'] as const)(
      'fits, and has no barriers, in %s colours',
      async (colorScheme) => {
        shown = await ConsolePage.open(browser, { viewport: { width, height }, colorScheme });
        expect(await shown.barriers()).toEqual([]);
        await shown.startBoth();
        await shown.page.getByLabel('every').fill('20');
        await shown.button('Start load').click();
        await expectShown(shown.page.getByRole('img', { name: /^Echo of the load: p50 \d/ }));
        await shown.row(/^3open/).click();
        await shown.data.fill('hello');
        expect(await shown.barriers()).toEqual([]);
        expect(await shown.overhang()).toBe(0);
        await shown.picture(`console-${width}-${colorScheme}`);
      },
      60_000,
    );
  });
});
