// SPDX-License-Identifier: Apache-2.0
// The page of the console in a browser, as somebody uses it who has a mouse.
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasBrowser, launchBrowser } from './browser.js';
import { ConsolePage, expectShown } from './console-page.js';

let browser: Browser;
let shown: ConsolePage;

describe.skipIf(!hasBrowser)('the page of the console', () => {
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    shown = await ConsolePage.open(browser);
  });
  afterEach(() => shown[Symbol.asyncDispose]());

  it('starts a server and an agent, and shows their connections', async () => {
    await shown.startBoth();
    expect(await shown.grid.getAttribute('aria-rowcount')).toBe('21');
    await shown.button(/^TcpServer 1/).click();
    await expectShown(shown.heading('TcpServer 1'));
    await expectShown(shown.row('open').first());
    expect(await shown.button('Start load').count()).toBe(0);
    await shown.page.getByLabel('Component', { exact: true }).selectOption('TcpServer 1');
    await expectShown(shown.logged(/TcpServer 1#20onAccept127/));
  });

  it('sends text and bytes to a connection', async () => {
    const { data } = shown;
    await shown.startBoth(2);
    await shown.row(/^2open/).click();
    await data.fill('hello, Ä');
    await shown.button('Send').click();
    await expectShown(shown.logged(/TcpAgent 2#2onReceive9 bytes: hello, Ä/));
    expect(await data.inputValue()).toBe('');
    await shown.page.getByLabel('hex').check();
    await data.fill('48 69 21');
    await data.press('Enter');
    await expectShown(shown.logged(/TcpAgent 2#2onReceive3 bytes: Hi!/));
    await expectShown(shown.row(/12 B12 B0 B$/));
    await data.fill('4');
    await shown.button('Send').click();
    await expectShown(shown.alert('hex must be pairs'));
  });

  it('pauses, resumes and kicks a connection', async () => {
    await shown.startBoth(2);
    await shown.button(/^TcpServer 1/).click();
    await shown.row(/^1open/).click();
    await shown.button('Pause').click();
    await expectShown(shown.row(/^1paused/));
    await shown.button('Resume').click();
    await expectShown(shown.row(/^1open/));
    await shown.button('Kick').click();
    await shown.row(/^1open/).waitFor({ state: 'detached' });
    await expectShown(shown.logged(/TcpAgent 2#1onCloseclosed/));
    expect(await shown.grid.getAttribute('aria-rowcount')).toBe('2');
  });

  it('shows why a component cannot be started, beside its form', async () => {
    await shown.start('TcpServer', { Port: '70000' });
    await shown.form
      .getByRole('alert')
      .filter({ hasText: /65,?535/ })
      .waitFor();
    await shown.start('TcpServer', { Port: '' });
    await expectShown(shown.alert('port must be a number'));
    await shown.start('TcpServer', { Port: '0' });
    await expectShown(shown.heading(/^TcpServer/));
    expect(await shown.alert('').count()).toBe(0);
  });

  it('shows the options that matter, and keeps what was filled in', async () => {
    expect(await shown.field('Pack flag').count()).toBe(0);
    await shown.field('Receive model').selectOption('pack');
    await shown.field('Pack flag').fill('361');
    await shown.page.getByText('More options').click();
    await shown.field('Send policy').selectOption('direct');
    await shown.button('Start').click();
    await expectShown(shown.heading('TcpPackServer 1'));
    await shown.field('Kind').selectOption('UdpCast');
    expect(await shown.field('Receive model').count()).toBe(0);
    expect(await shown.field('Address').inputValue()).toBe('233.0.0.1');
    await shown.field('Kind').selectOption('TcpServer');
    expect(await shown.field('Pack flag').inputValue()).toBe('361');
  });

  it('stops components, starts them again and removes them', async () => {
    await shown.start('TcpServer');
    await expectShown(shown.heading('TcpServer 1'));
    await shown.button('Stop').click();
    await expectShown(shown.logged(/TcpServer 1.*onShutdown/));
    await shown.button('Start again').click();
    await shown.button('Stop').click();
    await shown.button('Remove').click();
    await expectShown(shown.heading('Nothing runs yet'));
  });

  it('has charts that move under a load, and counts the events that it leaves out', async () => {
    const chart = (name: string | RegExp): Locator => shown.page.getByRole('img', { name });
    await shown.startBoth();
    await shown.button('Start load').click();
    await expectShown(chart(/^Echo of the load: p50 [\d.]+ ms, p99 [\d.]+ ms$/));
    await expectShown(chart(/^Events a batch: mean [\d.]+$/));
    const line = chart(/^Messages/).locator('.line');
    const before = await line.getAttribute('d');
    await expect.poll(() => line.getAttribute('d')).not.toBe(before);
    await expectShown(shown.page.getByText(/[\d,]+ left out/));
    await shown.button('Stop load').click();
    await expectShown(chart('Messages: received 0/s'));
  });

  it('filters, holds and clears the log', async () => {
    const { page } = shown;
    const events = shown.logged('');
    await shown.startBoth(3);
    await page.getByLabel('Component', { exact: true }).selectOption('TcpServer 1');
    await page.getByLabel('Event', { exact: true }).selectOption('onAccept');
    await expect.poll(() => events.count()).toBe(3);
    await page.getByLabel('Text in events').fill('#2 ');
    await expect.poll(() => events.allInnerTexts()).toEqual([expect.stringMatching(/#2\s+onAccept/)]);
    await page.getByLabel('Text in events').fill('');
    await shown.button('Pause log').click();
    await shown.button('Connect').click();
    await expectShown(page.getByText(/\d+ new/));
    expect(await events.count()).toBe(3);
    await shown.button('Resume log').click();
    await expect.poll(() => events.count()).toBe(13);
    await shown.button('Clear').click();
    await expect.poll(() => events.count()).toBe(0);
  });

  it('draws only the rows in view of many', async () => {
    await shown.startBoth(800);
    await expect.poll(() => shown.grid.getAttribute('aria-rowcount')).toBe('801');
    expect(await shown.grid.getByRole('row').count()).toBeLessThan(60);
    await shown.grid.hover();
    await shown.page.mouse.wheel(0, 1e6);
    await expectShown(shown.row(/^800open/));
    expect(await shown.grid.getByRole('row').count()).toBeLessThan(60);
  });

  it('says that the console has ended', async () => {
    await shown.console[Symbol.asyncDispose]();
    await expectShown(shown.page.getByRole('status').filter({ hasText: 'The console has ended.' }));
    await shown.button('Start').click();
    await expectShown(shown.alert('cannot be reached'));
  });

  it('keeps the colours that were chosen', async () => {
    const { page } = shown;
    const background = (): Promise<string> =>
      page.evaluate('getComputedStyle(document.documentElement).backgroundColor');
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await background();
    await page.getByLabel('dark').check();
    await expect.poll(background).not.toBe(light);
    const dark = await background();
    await page.reload();
    await expect.poll(background).toBe(dark);
    await page.getByLabel('system').check();
    await expect.poll(background).toBe(light);
  });
});
