// SPDX-License-Identifier: Apache-2.0
// What takes the bytes of connections over, on connections with TLS.
import { pipeline } from 'node:stream/promises';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { deferred, echoPeer, modes, Pattern, within } from '@hp/testkit';
import {
  ErrorCode,
  iterateBytes,
  iterateConnections,
  relay,
  SocketOperation,
  SslClient,
  toDuplex,
} from '@hp/ssl';
import { TcpAgent } from '@hp/tcp';
import { clientContext } from './support/contexts.js';
import { Pair } from './support/pair.js';
import { dialTls } from './support/tls-peer.js';

const total = 2_000_000;
const inOrder = { operation: SocketOperation.Close, errorCode: ErrorCode.Ok };

describe.each(modes)('adapters over TLS ($name)', ({ workerThreadCount }) => {
  describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (maxVersion) => {
    const serverContext = { maxVersion };

    test('streams at both ends: an echo to the last byte, and orderly ends', async () => {
      const echoed = deferred();
      await using pair = new Pair({
        workerThreadCount,
        serverContext,
        onServer: {
          onHandshake: (server, id) => {
            const stream = toDuplex(server, id);
            pipeline(stream, stream).then(echoed.resolve, echoed.reject);
          },
        },
      });
      const { id, serverId } = await pair.connect();
      const stream = toDuplex(pair.agent, id);
      const answer = buffer(stream);
      stream.end(new Pattern().take(total));
      const received = await within(answer, 20_000, 'The end of the echo');
      await echoed.promise;

      expect(received).toHaveLength(total);
      expect(() => new Pattern().check(received)).not.toThrow();
      expect(await pair.agentLog.closeOf(id)).toMatchObject(inOrder);
      expect(await pair.serverLog.closeOf(serverId)).toMatchObject(inOrder);
    });

    test('a stream of node:tls that ends first is answered to the end', async () => {
      await using pair = new Pair({
        workerThreadCount,
        serverContext,
        onServer: {
          onHandshake: (server, id) => {
            const stream = toDuplex(server, id);
            void pipeline(stream, stream);
          },
        },
      });
      await using peer = await dialTls(pair.port);
      peer.end(new Pattern().take(total));
      await peer.ended;

      expect(peer.receivedLength).toBe(total);
      expect(() => new Pattern().check(peer.received)).not.toThrow();
    });

    test('loops over connections and their bytes', async () => {
      await using pair = new Pair({ workerThreadCount, serverContext });
      const serve = async (): Promise<void> => {
        for await (const id of iterateConnections(pair.server)) {
          for await (const piece of iterateBytes(pair.server, id)) pair.server.send(id, piece);
        }
      };
      const served = serve();
      await using client = new SslClient({}, { workerThreadCount, context: clientContext() });
      await client.startAsync('127.0.0.1', pair.port);
      const collected = (async () => {
        const pieces: Buffer[] = [];
        for await (const piece of iterateBytes(client, client.connectionId)) pieces.push(piece);
        return Buffer.concat(pieces);
      })();
      client.send(new Pattern().take(total));
      client.end();
      const received = await within(collected, 20_000, 'The end of the echo');
      await pair.server.stop();
      await served;

      expect(received).toHaveLength(total);
      expect(() => new Pattern().check(received)).not.toThrow();
    });

    // Of TLS 1.2 the server has the last word of the handshake, and what it sends then comes along.
    test('bytes that come with the end of the handshake are those of who awaits it', async () => {
      await using pair = new Pair({
        workerThreadCount,
        serverContext,
        onServer: { onHandshake: (server, id) => void server.send(id, Buffer.from('welcome')) },
      });
      await using client = new SslClient({}, { workerThreadCount, context: clientContext() });
      await client.startAsync('127.0.0.1', pair.port);
      const bytes = iterateBytes(client, client.connectionId);

      expect(String((await within(bytes.next(), 10_000, 'The greeting')).value)).toBe('welcome');
    });

    test('a relay takes TLS off', async () => {
      await using peer = await echoPeer();
      await using plain = new TcpAgent({}, { workerThreadCount });
      plain.start();
      const over = deferred();
      await using pair = new Pair({
        workerThreadCount,
        serverContext,
        onServer: {
          onHandshake: (server, id) => {
            const join = async (): Promise<void> => {
              const plainId = await plain.connectAsync(peer.host, peer.port);
              const joined = relay(server, id, plain, plainId);
              server.pauseReceive(id, false);
              await joined;
            };
            server.pauseReceive(id);
            join().then(over.resolve, over.reject);
          },
        },
      });
      const { id, serverId } = await pair.connect();
      expect(pair.agent.send(id, new Pattern().take(total))).toBe(true);
      const received = await pair.agentLog.receivedBytes(total);
      expect(() => new Pattern().check(received)).not.toThrow();
      pair.agent.end(id);
      await within(over.promise, 10_000, 'The end of the relay');

      expect(await pair.serverLog.closeOf(serverId)).toMatchObject(inOrder);
      expect(await pair.agentLog.closeOf(id)).toMatchObject(inOrder);
    });
  });

  test('a stream whose connection is reset is destroyed with that error', async () => {
    await using pair = new Pair({ workerThreadCount });
    const { serverId, id } = await pair.connect();
    const stream = toDuplex(pair.server, serverId);
    const failure = new Promise((resolve) => void stream.once('error', resolve));
    stream.resume();
    pair.agent.reset(id);

    expect(await failure).toMatchObject({ errno: ErrorCode.ConnectionReset });
  });
});
