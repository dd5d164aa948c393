// SPDX-License-Identifier: Apache-2.0
// What a listener of a server is called with, and within what.
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from 'vitest';
import { DatagramPeer, eventually, modes, PublishedConnections } from '@hp/testkit';
import { ErrorCode, SocketOperation, UdpServer, type UdpServerListener } from '@hp/udp';
import { echo, portOf, serve } from './support/served.js';

describe.each(modes)('listeners of a UdpServer ($name)', ({ workerThreadCount }) => {
  test('one for two servers: the events of both arrive, told apart by the server', async () => {
    const seen: [server: UdpServer, event: string, id: number][] = [];
    const listener: UdpServerListener<UdpServer> = {
      onAccept: (server, id) => void seen.push([server, 'onAccept', id]),
      onReceive: (server, id, data) => {
        seen.push([server, String(data), id]);
        server.send(id, data);
      },
      onClose: (server, id) => void seen.push([server, 'onClose', id]),
    };
    const first = new UdpServer(listener, { workerThreadCount });
    const second = new UdpServer(listener, { workerThreadCount });
    await using peer = await DatagramPeer.bind();
    for (const [index, server] of [first, second].entries()) {
      server.start('127.0.0.1');
      await peer.send(`to server ${index + 1}`, portOf(server));
      await peer.next(index + 1);
    }
    await Promise.all([first.stop(), second.stop()]);

    const of = (server: UdpServer) => seen.filter(([owner]) => owner === server).map(([, ...rest]) => rest);
    expect(of(first)).toEqual([
      ['onAccept', 1],
      ['to server 1', 1],
      ['onClose', 1],
    ]);
    expect(of(second)).toEqual([
      ['onAccept', 1],
      ['to server 2', 1],
      ['onClose', 1],
    ]);
  });

  test('its functions are called with the listener as this, and are read at each start', async () => {
    class Counting {
      accepted = 0;
      texts: string[] = [];
      onAccept(): void {
        this.accepted++;
      }
      onReceive(server: UdpServer, id: number, data: Buffer): void {
        this.texts.push(String(data));
        server.send(id, data);
      }
    }
    const listener = new Counting();
    await using server = new UdpServer(listener, { workerThreadCount });
    await using peer = await DatagramPeer.bind();
    server.start('127.0.0.1');
    await peer.send('one', portOf(server));
    await peer.next(1);
    listener.onReceive = (it, id) => void it.send(id, Buffer.from('of the second function'));
    await peer.send('two', portOf(server));
    await peer.next(2);
    await server.stop();
    server.start('127.0.0.1');
    await peer.send('three', portOf(server));
    await peer.next(3);

    expect(listener.accepted).toBe(2);
    expect(listener.texts).toEqual(['one', 'two']);
    expect(peer.texts).toEqual(['one', 'two', 'of the second function']);
  });

  test('asyncContext: a store entered in onAccept is that of all later callbacks of the connection', async () => {
    const store = new AsyncLocalStorage<string>();
    const seen = new Map<string, string[]>();
    const note = (event: string): void => {
      const name = store.getStore() ?? 'none';
      seen.set(name, [...(seen.get(name) ?? []), event]);
    };
    await using served = serve(
      { workerThreadCount, asyncContext: true, highWaterMarkBytes: 1, lowWaterMarkBytes: 0 },
      {
        onAccept: (_server, id) => {
          store.enterWith(`connection ${id}`);
          note('onAccept');
        },
        onReceive: (it, id, data) => {
          note('onReceive');
          it.send(id, data);
        },
        onSend: () => note('onSend'),
        onClose: () => note('onClose'),
      },
    );
    const peers = await Promise.all([DatagramPeer.bind(), DatagramPeer.bind()]);
    for (const [index, peer] of peers.entries()) {
      await peer.send('x', served.port);
      await served.log.next('onSend', index + 1);
    }
    await served.server.stop();
    for (const peer of peers) await peer[Symbol.asyncDispose]();

    expect(Object.fromEntries(seen)).toEqual({
      'connection 1': ['onAccept', 'onReceive', 'onSend', 'onClose'],
      'connection 2': ['onAccept', 'onReceive', 'onSend', 'onClose'],
    });
  });

  test('without asyncContext, callbacks see no store of who started the server', async () => {
    const store = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    await using server = new UdpServer(
      {
        onReceive: (it, id, data) => {
          seen.push(store.getStore());
          it.send(id, data);
        },
      },
      { workerThreadCount },
    );
    store.run('of the caller', () => {
      server.start('127.0.0.1');
    });
    await using peer = await DatagramPeer.bind();
    await peer.send('x', portOf(server));
    await peer.next();

    expect(seen).toEqual([undefined]);
  });

  test('diagnostics_channel: each connection that opens and closes, with or without a listener', async () => {
    using published = new PublishedConnections();
    await using heard = serve({ workerThreadCount, maxDatagramSize: 100 });
    await using unheard = new UdpServer({}, { workerThreadCount });
    unheard.start('127.0.0.1');
    await using peer = await DatagramPeer.bind();
    await peer.send('x', heard.port);
    await heard.log.next('onReceive');
    await peer.send(Buffer.alloc(101), heard.port);
    await heard.log.next('onClose');
    await peer.send('x', portOf(unheard));
    await eventually(() => published.messages.length === 3, 'Three messages');
    await unheard.stop();

    const [first, second, third, fourth] = published.messages;
    expect(first).toMatchObject({ channel: 'open', id: 1 });
    expect(second).toMatchObject({
      channel: 'close',
      component: first?.component,
      id: 1,
      operation: SocketOperation.Receive,
      errorCode: ErrorCode.MessageSize,
    });
    expect(third).toMatchObject({ channel: 'open', id: 1 });
    expect(third?.component).not.toBe(first?.component);
    expect(fourth).toMatchObject({ channel: 'close', component: third?.component, errorCode: 0 });
  });

  test("receiveBuffer 'borrowed': a part of a shared buffer, valid until the callback returns", async () => {
    const parts: { text: string; isWhole: boolean }[] = [];
    const kept: Buffer[] = [];
    await using server = new UdpServer(
      {
        onReceive: (it, id, buffer, offset, length) => {
          parts.push({
            text: buffer.toString('latin1', offset, offset + length),
            isWhole: buffer.length === length,
          });
          kept.push(buffer);
          it.send(id, buffer, offset, length);
        },
      },
      { workerThreadCount, receiveBuffer: 'borrowed', maxDatagramSize: 65_507 },
    );
    server.start('127.0.0.1');
    await using peer = await DatagramPeer.bind();
    const texts = ['one', 'two', 'x'.repeat(20_000), 'y'.repeat(65_507), 'last'];
    for (const [index, text] of texts.entries()) {
      await peer.send(text, portOf(server));
      await peer.next(index + 1);
    }

    expect(parts.map(({ text }) => text)).toEqual(texts);
    expect(parts.some(({ isWhole }) => isWhole)).toBe(false);
    expect(peer.texts).toEqual(texts);
    // The same memory serves again and again.
    expect(new Set(kept.map(({ buffer }) => buffer)).size).toBeLessThan(texts.length);
  });

  test("receiveBuffer 'owned': what came stays as it is", async () => {
    await using served = serve({ workerThreadCount }, { onReceive: echo });
    await using peer = await DatagramPeer.bind();
    const texts = Array.from({ length: 500 }, (_each, index) => `datagram ${index}`);
    for (const [index, text] of texts.entries()) {
      await peer.send(text, served.port);
      if (index % 50 === 49) await peer.next(index - 48);
    }
    await peer.next(texts.length);

    expect(served.log.all('onReceive').map(({ data }) => String(data))).toEqual(texts);
  });
});
