// SPDX-License-Identifier: Apache-2.0
import { dialPeer } from '@hp/testkit';
import { describe, expect, it } from 'vitest';
import { hearsAll, hears, launchProxy, message, webServer } from './http-proxy.js';
import { launch } from './launch.js';

describe('the demo http-proxy', () => {
  it('listens on loopback alone unless it is told otherwise', async () => {
    await using proxy = await launchProxy();
    expect(proxy.demo.output).toContain(`listening on 127.0.0.1:${proxy.port}\n`);
    await using open = await launchProxy('-b', '-');
    expect(open.demo.output).toContain(`listening on 0.0.0.0:${open.port}\n`);
    for (const { demo } of [proxy, open]) await demo.quits();
  });

  it('is run by typing', async () => {
    await using web = await webServer((_, response) => response.end('hello'));
    await using proxy = await launchProxy();
    const { demo, port } = proxy;
    const request = message([`GET http://127.0.0.1:${web.port}/ HTTP/1.1`, 'Host: x']);
    const client = await dialPeer(port);
    await client.send(request);
    await hears(client, /hello$/);
    demo.type('status');
    await demo.shows(/^started, listening on \S+, 1 connection: #1$/m);
    demo.type('stat');
    await demo.shows(/^ {2}bytesSent +\d+$/m);
    demo.type('kick 1');
    await demo.shows(/^kicked$/m);
    await hearsAll(client);
    demo.type('send 1 x');
    await demo.shows(/there is no command 'send'/);
    demo.type('stop');
    await demo.shows(/onShutdown/);
    demo.type('start');
    const [, again = ''] = await demo.shows(/onShutdown[^]*listening on \S+:(\d+)\n/);
    const next = await dialPeer(Number(again));
    await next.send(request);
    expect(await hears(next, /hello$/)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    await demo.quits();
  });

  it('turns clients away as it is told', async () => {
    await using proxy = await launchProxy('-j', '127.0.0.1');
    expect(await hearsAll(await dialPeer(proxy.port))).toBe('');
    await proxy.demo.quits();
  });

  it('cannot be made to steer the terminal', async () => {
    await using proxy = await launchProxy();
    const client = await dialPeer(proxy.port);
    await client.send('GET http://a/\x1b[31m HTTP/1.1\r\nHost: a\r\n\r\n');
    await hearsAll(client);
    await proxy.demo.quits();
    expect(proxy.demo.output).not.toContain('\x1b');
  });

  it('says so where its port is taken', async () => {
    await using proxy = await launchProxy();
    await using second = launch('http-proxy', '-p', String(proxy.port));
    await second.exits(1);
    expect(second.output).toMatch(/^error: .*EADDRINUSE/m);
    await proxy.demo.quits();
  });
});
