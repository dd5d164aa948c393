// SPDX-License-Identifier: Apache-2.0
// What becomes of detection while JavaScript does something else for longer than any time-out.
import { describe, expect, test } from 'vitest';
import { DatagramPeer, eventually, modes } from '@hp/testkit';
import { ErrorCode, SocketOperation } from '@hp/udp';
import { loggedClient } from './support/client-log.js';
import { Host } from './support/host.js';
import { serve } from './support/served.js';

const INTERVAL = 1000;
/** Twice as long as the silence that is death. */
const BLOCK = 4 * INTERVAL;
const settings = { detectInterval: INTERVAL, detectAttempts: 1 };
const patient = { detectInterval: INTERVAL, detectAttempts: 10 };

const threads = modes.filter(({ workerThreadCount }) => workerThreadCount > 0);
const inline = modes.filter(({ workerThreadCount }) => workerThreadCount === 0);

describe.concurrent.each(threads)('JavaScript is blocked, with $name', ({ workerThreadCount }) => {
  const threaded = { workerThreadCount, ...settings };

  test('of the server: it answers all the same, and its client is alive', async () => {
    await using host = await Host.start();
    const server = await host.server('server', { ...threaded, echoes: true });
    await server.start('127.0.0.1');
    const { port } = (await server.get('listenAddress')) as { port: number };
    await using side = loggedClient(threaded);
    await side.client.startAsync('127.0.0.1', port);
    await server.log.next('onAccept');
    await host.block(BLOCK);
    side.client.send(Buffer.from('hello'));
    await side.log.next('onReceive');
    await server.log.next('onReceive');

    expect(side.log.names()).toEqual(['onPrepareConnect', 'onConnect', 'onReceive']);
    expect(server.log.names()).toEqual(['onAccept', 'onReceive']);
  });

  test('of the client: it probes all the same, and is alive to its server', async () => {
    await using side = serve(threaded);
    await using host = await Host.start();
    const client = await host.client('client', threaded);
    await client.start('127.0.0.1', side.port);
    await side.log.next('onAccept');
    await host.block(BLOCK);
    await client.send('hello');
    await side.log.next('onReceive');

    expect(side.log.names()).toEqual(['onPrepareListen', 'onAccept', 'onReceive']);
    expect(client.log.names()).toEqual(['onConnect']);
  });

  test('of both: both live', async () => {
    await using host = await Host.start();
    const server = await host.server('server', threaded);
    await server.start('127.0.0.1');
    const { port } = (await server.get('listenAddress')) as { port: number };
    const client = await host.client('client', threaded);
    await client.start('127.0.0.1', port);
    await server.log.next('onAccept');
    await host.block(BLOCK);
    await client.send('hello');
    await server.log.next('onReceive');

    expect(server.log.names()).toEqual(['onAccept', 'onReceive']);
    expect(client.log.names()).toEqual(['onConnect']);
  });

  test('of the server: who falls silent meanwhile is dead, and it hears of that afterwards', async () => {
    await using host = await Host.start();
    const server = await host.server('server', threaded);
    await server.start('127.0.0.1');
    const { port } = (await server.get('listenAddress')) as { port: number };
    await using peer = await DatagramPeer.bind();
    await peer.send('hello', port);
    await server.log.next('onReceive');
    await host.block(BLOCK);

    expect(await server.log.next('onClose')).toMatchObject({
      operation: SocketOperation.Close,
      errorCode: ErrorCode.TimedOut,
    });
  });
});

describe.concurrent.each(inline)('JavaScript is blocked, with the reactor $name', ({ workerThreadCount }) => {
  test('of the server: it judges nobody before it has read what arrived meanwhile', async () => {
    await using host = await Host.start();
    const server = await host.server('server', { workerThreadCount, ...settings, echoes: true });
    await server.start('127.0.0.1');
    const { port } = (await server.get('listenAddress')) as { port: number };
    await using side = loggedClient({ workerThreadCount, ...patient });
    await side.client.startAsync('127.0.0.1', port);
    const { id } = await server.log.next('onAccept');
    await using silent = await DatagramPeer.bind();
    await silent.send('the last word', port);
    await server.log.next('onReceive');
    await host.block(BLOCK);
    side.client.send(Buffer.from('hello'));
    await side.log.next('onReceive');
    await server.log.next('onReceive', 2);
    await server.log.next('onClose');

    // It alone that had said nothing.
    expect(server.log.count('onClose')).toBe(1);
    expect(server.log.names(id)).toEqual(['onAccept', 'onReceive']);
    expect(side.client.isConnected).toBe(true);
  });

  test('of the server: nor where more has arrived than it reads at once', async () => {
    await using host = await Host.start();
    const options = { recvBufferSize: 4 << 20, maxDatagramSize: 1600 };
    const server = await host.server('server', { workerThreadCount, ...settings, ...options });
    await server.start('127.0.0.1');
    const { port } = (await server.get('listenAddress')) as { port: number };
    await using quiet = await DatagramPeer.bind();
    await using loud = await DatagramPeer.bind();
    await quiet.send('hello', port);
    await server.log.next('onReceive');
    const blocked = host.block(BLOCK);
    // More than 256 KiB, and less than the buffer of any system holds.
    for (let count = 0; count < 170; count++) await loud.send(Buffer.alloc(1600), port);
    await quiet.send('hello again', port);
    await blocked;
    await eventually(() => server.received.some(({ text }) => text === 'hello again'), 'The last datagram');

    // Afterwards it is silent, and dead sooner or later.
    expect(server.log.names(1).slice(0, 3)).toEqual(['onAccept', 'onReceive', 'onReceive']);
  });

  test('of the client: it judges nobody before it has read what arrived meanwhile', async () => {
    await using side = serve({ workerThreadCount, ...patient });
    await using host = await Host.start();
    const client = await host.client('client', { workerThreadCount, ...settings });
    await client.start('127.0.0.1', side.port);
    await side.log.next('onAccept');
    await host.block(BLOCK);
    await client.send('hello');
    await side.log.next('onReceive');
    side.server.send(1, Buffer.from('welcome'));
    await client.log.next('onReceive');

    expect(client.log.names()).toEqual(['onConnect', 'onReceive']);
    expect(side.log.count('onClose')).toBe(0);
  });
});
