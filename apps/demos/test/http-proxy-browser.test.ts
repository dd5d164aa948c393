// SPDX-License-Identifier: Apache-2.0
import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { hasBrowser, launchBrowser } from './browser.js';
import { launchProxy, type LaunchedProxy, webServer } from './http-proxy.js';

const SCRIPT = `
  const post = await fetch('/echo', { method: 'POST', body: 'x'.repeat(100000) });
  const events = new EventSource('/events');
  const last = await new Promise((resolve) => {
    let seen = '';
    events.onmessage = ({ data }) => {
      seen += data;
      if (data === '3') resolve(seen);
    };
  });
  events.close();
  const socket = new WebSocket(location.href.replace('http', 'ws') + 'chat');
  socket.onopen = () => socket.send('called');
  const called = await new Promise((resolve) => {
    socket.onmessage = ({ data }) => resolve(data);
  });
  socket.close();
  await document.images[0].decode();
  document.title = [(await post.text()).length, last, called, document.images[0].naturalWidth].join(' ');
`;
const PIXEL = 'R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=';

/** A page with assets of several kinds, which posts something, listens to events and calls a WebSocket. */
const site: RequestListener = (request, response) => {
  const send = (type: string, body: string | Buffer): void => {
    response.setHeader('Content-Type', type).end(body);
  };
  if (request.url === '/echo') request.pipe(response);
  else if (request.url === '/script.js') send('text/javascript', SCRIPT);
  else if (request.url === '/style.css') send('text/css', 'body { color: rgb(1, 2, 3) }');
  else if (request.url?.startsWith('/pixel') === true) send('image/gif', Buffer.from(PIXEL, 'base64'));
  else if (request.url === '/events') {
    response.setHeader('Content-Type', 'text/event-stream');
    for (const number of [1, 2, 3]) response.write(`data: ${number}\n\n`);
  } else {
    const images = Array.from({ length: 12 }, (_, index) => `<img src="/pixel${index}.gif">`).join('');
    send(
      'text/html',
      `<link rel=stylesheet href=/style.css>${images}<script type=module src=/script.js></script>`,
    );
  }
};

describe.skipIf(!hasBrowser)('a browser behind http-proxy', () => {
  let proxy: LaunchedProxy;
  let browser: Browser;

  beforeAll(async () => {
    proxy = await launchProxy();
    browser = await launchBrowser({
      // Chromium would go to loopback by itself.
      proxy: { server: proxy.url, bypass: '<-loopback>' },
    });
  });
  afterAll(async () => {
    await browser.close();
    await proxy.demo.quits();
  });

  async function browse(url: string): Promise<Page> {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    const page = await context.newPage();
    await page.goto(url);
    await page.waitForFunction("document.title !== ''");
    return page;
  }

  it.each([
    ['over HTTPS, through tunnels', true],
    ['over plain HTTP', false],
  ])('shows a site %s', async (_, isSecure) => {
    const paths: string[] = [];
    await using web = await webServer(
      (request, response) => {
        paths.push(request.url ?? '');
        site(request, response);
      },
      { isSecure },
    );
    const sockets = new WebSocketServer({ server: web.server, path: '/chat' });
    sockets.on('connection', (socket) => {
      socket.on('message', (data, isBinary) => {
        socket.send(data, { binary: isBinary });
      });
    });
    const authority = `127.0.0.1:${web.port}`;
    const page = await browse(`${isSecure ? 'https' : 'http'}://${authority}/`);
    expect(await page.title()).toBe('100000 123 called 1');
    expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(1, 2, 3)');
    expect(paths).toEqual(expect.arrayContaining(['/', '/style.css', '/script.js', '/echo', '/events']));
    expect(paths.filter((path) => path.startsWith('/pixel'))).toHaveLength(12);
    const request = isSecure ? `CONNECT ${authority}` : `POST http://${authority}/echo`;
    await proxy.demo.shows(new RegExp(`${request} HTTP/1\\.1\n`));
    await proxy.demo.shows(new RegExp(`CONNECT ${authority} HTTP/1\\.1\n`));
    await page.context().close();
  });
});
