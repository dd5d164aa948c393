// SPDX-License-Identifier: Apache-2.0
// What the components over TLS are: how packs are cut and sent is the model's matter, and tested over TCP.
import { describe, expect, test } from 'vitest';
import { SslPackAgent, SslPackClient, SslPackServer } from '@hp/pack/ssl';
import { ErrorCode, SocketOperation, SslAgent, SslClient, SslContext, SslServer } from '@hp/ssl';
import { EventLog, modes } from '@hp/testkit';
import { authority } from '../../ssl/test/support/certificates.js';
import { testComponents } from '../../ssl/test/support/components.js';

const serverContext = new SslContext(authority().issue());
const clientContext = new SslContext({ ca: authority().cert });

describe.each(modes)('PACK components over TLS ($name)', ({ workerThreadCount }) => {
  const options = { workerThreadCount, headerFlag: 0x169, maxPackSize: 100_000 };

  test('are SSL components with the settings of both', () => {
    const components = [
      new SslPackServer({}, options),
      new SslPackAgent({}, options),
      new SslPackClient({}, options),
    ];
    const [server, agent, client] = components;

    expect(server).toBeInstanceOf(SslServer);
    expect(agent).toBeInstanceOf(SslAgent);
    expect(client).toBeInstanceOf(SslClient);
    for (const component of components) {
      expect(component).toMatchObject({ isSecure: true, headerFlag: 0x169, maxPackSize: 100_000 });
      expect(component).toMatchObject({ autoHandshake: true, handshakeTimeoutMs: 30_000 });
    }
  });

  test('exchange whole packs, small ones and those of many records', async () => {
    await using server = new SslPackServer(
      { onReceive: (it, id, pack) => void it.send(id, pack) },
      { ...options, context: serverContext },
    );
    server.start('127.0.0.1');
    const port = server.listenAddress?.port ?? 0;
    const log = new EventLog();
    await using agent = new SslPackAgent(
      { onReceive: (_, id, data) => log.add({ name: 'onReceive', id, data }) },
      { ...options, context: clientContext },
    );
    agent.start();
    await using client = new SslPackClient(
      { onReceive: (_, data) => log.add({ name: 'onReceive', id: 0, data }) },
      { ...options, context: clientContext },
    );
    const id = await agent.connectAsync('127.0.0.1', port);
    await client.startAsync('127.0.0.1', port);
    const packs = ['one', 'two', 'x'.repeat(100_000)];
    for (const pack of packs) {
      agent.send(id, Buffer.from(pack));
      client.sendPackets([Buffer.from(pack.slice(0, 1)), Buffer.from(pack.slice(1))]);
    }
    await log.next('onReceive', 2 * packs.length);

    for (const of of [id, 0]) {
      const received = log.all('onReceive').filter((event) => event.id === of);
      expect(received.map(({ data }) => String(data))).toEqual(packs);
    }
  });

  test('of another flag are closed on, as over TCP', async () => {
    const log = new EventLog();
    await using server = new SslPackServer(
      { onClose: (_, id, operation, errorCode) => log.add({ name: 'onClose', id, operation, errorCode }) },
      { ...options, context: serverContext },
    );
    server.start('127.0.0.1');
    await using client = new SslPackClient({}, { ...options, headerFlag: 1, context: clientContext });
    await client.startAsync('127.0.0.1', server.listenAddress?.port ?? 0);
    client.send(Buffer.from('hello'));

    expect(await log.next('onClose')).toMatchObject({
      operation: SocketOperation.Receive,
      errorCode: ErrorCode.BadMessage,
    });
  });
});

testComponents('PACK', {
  server: (options) => new SslPackServer({ onReceive: (it, id, data) => void it.send(id, data) }, options),
  agent: (hear, options) => new SslPackAgent({ onReceive: (_, _id, data) => hear(data) }, options),
  client: (hear, options) => new SslPackClient({ onReceive: (_, data) => hear(data) }, options),
});
