// SPDX-License-Identifier: Apache-2.0
// What the components over TLS are: how bytes are kept and fetched is the model's matter, and tested over TCP.
import { describe, expect, test } from 'vitest';
import { SslPullAgent, SslPullClient, SslPullServer } from '@hp/pull/ssl';
import { SslAgent, SslClient, SslContext, SslServer } from '@hp/ssl';
import { deferred, modes, within } from '@hp/testkit';
import { authority } from '../../ssl/test/support/certificates.js';
import { testComponents } from '../../ssl/test/support/components.js';

const serverContext = new SslContext(authority().issue());
const clientContext = new SslContext({ ca: authority().cert });

describe.each(modes)('PULL components over TLS ($name)', ({ workerThreadCount }) => {
  const options = { workerThreadCount, maxBufferedBytes: 100_000 };

  test('are SSL components with the settings of both', () => {
    const components = [
      new SslPullServer({}, options),
      new SslPullAgent({}, options),
      new SslPullClient({}, options),
    ];
    const [server, agent, client] = components;

    expect(server).toBeInstanceOf(SslServer);
    expect(agent).toBeInstanceOf(SslAgent);
    expect(client).toBeInstanceOf(SslClient);
    for (const component of components) {
      expect(component).toMatchObject({ isSecure: true, maxBufferedBytes: 100_000 });
      expect(component).toMatchObject({ autoHandshake: true, handshakeTimeoutMs: 30_000 });
    }
  });

  test('fetch what has arrived, on both sides', async () => {
    const length = 50_000;
    await using server = new SslPullServer(
      {
        onReceive(it, id, total) {
          if (total >= length) it.send(id, it.fetch(id, length) ?? Buffer.alloc(0));
        },
      },
      { ...options, context: serverContext },
    );
    server.start('127.0.0.1');
    const port = server.listenAddress?.port ?? 0;
    const [ofAgent, ofClient] = [deferred<Buffer | undefined>(), deferred<Buffer | undefined>()];
    await using agent = new SslPullAgent(
      {
        onReceive(it, id, total) {
          if (total === length) ofAgent.resolve(it.fetch(id, total));
        },
      },
      { ...options, context: clientContext },
    );
    agent.start();
    await using client = new SslPullClient(
      {
        onReceive(it, total) {
          if (total === length) ofClient.resolve(it.fetch(total));
        },
      },
      { ...options, context: clientContext },
    );
    const id = await agent.connectAsync('127.0.0.1', port);
    await client.startAsync('127.0.0.1', port);
    agent.send(id, Buffer.alloc(length, 'agent '));
    client.send(Buffer.alloc(length, 'client '));

    expect(await within(ofAgent.promise, 10_000, "The agent's bytes")).toEqual(
      Buffer.alloc(length, 'agent '),
    );
    expect(await within(ofClient.promise, 10_000, "The client's bytes")).toEqual(
      Buffer.alloc(length, 'client '),
    );
  });
});

testComponents('PULL', {
  server: (options) =>
    new SslPullServer({ onReceive: (it, id, total) => void it.send(id, it.fetch(id, total)!) }, options),
  agent: (hear, options) =>
    new SslPullAgent({ onReceive: (it, id, total) => hear(it.fetch(id, total)) }, options),
  client: (hear, options) => new SslPullClient({ onReceive: (it, total) => hear(it.fetch(total)) }, options),
});
