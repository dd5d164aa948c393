// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { Console } from '../src/console/console.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Where `HP_SCREENSHOTS=1` puts pictures of what the tests see. */
const pictures = path.join(import.meta.dirname, '../../../docs/console');
const takesPictures = process.env['HP_SCREENSHOTS'] === '1';

/** The page of a new console in a browser: what is on it, and how it is used. */
export class ConsolePage implements AsyncDisposable {
  readonly console: Console;
  readonly page: Page;
  readonly #problems: string[] = [];

  private constructor(console: Console, page: Page) {
    this.console = console;
    this.page = page;
    page.on('console', (message) => this.#problems.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => this.#problems.push(String(error)));
    page.on('requestfailed', (request) => this.#problems.push(`not loaded: ${request.url()}`));
  }

  static async open(browser: Browser, options: BrowserContextOptions = {}): Promise<ConsolePage> {
    const console = new Console();
    const url = await console.open(0);
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(10_000);
    const opened = new ConsolePage(console, await context.newPage());
    await opened.page.goto(url);
    return opened;
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** An input of the form. */
  field(label: string): Locator {
    return this.form.getByLabel(label, { exact: true });
  }

  get form(): Locator {
    return this.page.getByRole('form', { name: 'New component' });
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { name, exact: true });
  }

  get grid(): Locator {
    return this.page.getByRole('grid', { name: 'Connections' });
  }

  /** The rows of connections with that text. */
  row(text: string | RegExp): Locator {
    return this.grid.locator('.rows').getByRole('row').filter({ hasText: text });
  }

  get data(): Locator {
    return this.page.getByLabel('Data to send');
  }

  /** The events in view with that text: component, #connection, name and detail without spaces between them. */
  logged(text: string | RegExp): Locator {
    return this.page.getByRole('log').locator('.event').filter({ hasText: text });
  }

  /** What is said to be wrong. */
  alert(text: string | RegExp): Locator {
    return this.page.getByRole('alert').filter({ hasText: text });
  }

  async start(kind: string, fill: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.field('Kind').selectOption(kind);
    for (const [label, value] of Object.entries(fill)) await this.field(label).fill(value);
    await this.button('Start').click();
  }

  /** Starts a server that echoes, and an agent with connections to it; the agent is what is shown. */
  async startBoth(connections = 20): Promise<void> {
    await this.start('TcpServer');
    await this.heading('TcpServer 1').waitFor();
    await this.start('TcpAgent', { Connections: String(connections) });
    await this.heading('TcpAgent 2').waitFor();
    await this.row('open')
      .nth(Math.min(connections, 5) - 1)
      .waitFor();
  }

  /** What is wrong for those who cannot see, or not well. */
  barriers(): Promise<string[]> {
    return this.page.evaluate(`${axe}; axe.run().then(({ violations }) =>
      violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ': ' + target)))`);
  }

  /** How many pixels wider the page is than its window. */
  overhang(): Promise<number> {
    return this.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  }

  /** Takes a picture after a while, when charts have something to show. */
  async picture(name: string): Promise<void> {
    if (!takesPictures) return;
    await this.page.waitForTimeout(25_000);
    mkdirSync(pictures, { recursive: true });
    await this.page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
  }

  /** Closes it; throws where the browser has complained. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
    await this.console[Symbol.asyncDispose]();
    if (this.#problems.length > 0) throw new Error(`the browser says:\n${this.#problems.join('\n')}`);
  }
}

/** Waits until something is in view. */
export async function expectShown(locator: Locator): Promise<void> {
  await locator.waitFor();
}
