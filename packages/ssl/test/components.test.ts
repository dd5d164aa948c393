// SPDX-License-Identifier: Apache-2.0
// All nine components: each role with each receive model. What else the models do over TLS, their packages test.
import { afterEach, describe, expect, test } from 'vitest';
import { SslPackAgent, SslPackClient, SslPackServer } from '@hp/pack/ssl';
import { SslPullAgent, SslPullClient, SslPullServer } from '@hp/pull/ssl';
import {
  type AgentListener,
  cleanupSsl,
  type ClientListener,
  initializeSsl,
  type ServerListener,
  ServiceState,
  SocketError,
  SslAgent,
  SslClient,
  SslServer,
  type SslServerOptions,
} from '@hp/ssl';
import { EventLog, modes, netListener } from '@hp/testkit';
import { thrownBy } from '../../core-native/test/support/thrown.js';
import { authority } from './support/certificates.js';
import { clientContext, serverContext } from './support/contexts.js';

type Options = Pick<SslServerOptions, 'context' | 'workerThreadCount'>;
type Hear = (data: Buffer | undefined) => void;
type Server = SslServer | SslPullServer;
type Agent = SslAgent | SslPullAgent;
type Client = SslClient | SslPullClient;

interface Model {
  readonly model: string;
  /** One that echoes. */
  readonly server: (options?: Options) => Server;
  readonly agent: (hear?: Hear, options?: Options) => Agent;
  readonly client: (hear?: Hear, options?: Options) => Client;
}

const nobody: Hear = () => {};
// Apart from `new`, which would take what is returned for a hint at the type of the data.
const echo: ServerListener<SslServer> = { onReceive: (it, id, data) => void it.send(id, data) };
const agentFor = (hear: Hear): AgentListener<SslAgent> => ({ onReceive: (_, _id, data) => hear(data) });
const clientFor = (hear: Hear): ClientListener<SslClient> => ({ onReceive: (_, data) => hear(data) });

const models: readonly Model[] = [
  {
    model: 'PUSH',
    server: (options) => new SslServer(echo, options),
    agent: (hear = nobody, options) => new SslAgent(agentFor(hear), options),
    client: (hear = nobody, options) => new SslClient(clientFor(hear), options),
  },
  {
    model: 'PULL',
    server: (options) =>
      new SslPullServer({ onReceive: (it, id, total) => void it.send(id, it.fetch(id, total)!) }, options),
    agent: (hear = nobody, options) =>
      new SslPullAgent({ onReceive: (it, id, total) => hear(it.fetch(id, total)) }, options),
    client: (hear = nobody, options) =>
      new SslPullClient({ onReceive: (it, total) => hear(it.fetch(total)) }, options),
  },
  {
    model: 'PACK',
    server: (options) => new SslPackServer({ onReceive: (it, id, data) => void it.send(id, data) }, options),
    agent: (hear = nobody, options) => new SslPackAgent({ onReceive: (_, _id, data) => hear(data) }, options),
    client: (hear = nobody, options) => new SslPackClient({ onReceive: (_, data) => hear(data) }, options),
  },
];

const components = models.flatMap(({ model, server, agent, client }) => [
  { name: `${model} server`, make: () => server() },
  { name: `${model} agent`, make: () => agent() },
  { name: `${model} client`, make: () => client() },
]);

function start(component: Server | Agent | Client, port: number): void {
  if (component instanceof SslClient) component.start('127.0.0.1', port);
  else component.start('127.0.0.1');
}

describe.each(modes)('components over TLS ($name)', ({ workerThreadCount }) => {
  test.each(models)('$model: server, agent and client exchange data, twice in a row', async (model) => {
    const [ofAgent, ofClient] = [new EventLog(), new EventLog()];
    const hearIn =
      (log: EventLog): Hear =>
      (data) =>
        data && log.add({ name: 'onReceive', id: 0, data });
    const options = { workerThreadCount, context: clientContext() };
    await using server = model.server({ workerThreadCount, context: serverContext() });
    await using agent = model.agent(hearIn(ofAgent), options);
    await using client = model.client(hearIn(ofClient), options);
    const states = () => [server, agent, client].map(({ state }) => state);
    let sent = '';
    for (const round of ['first ', 'second ']) {
      server.start('127.0.0.1');
      agent.start();
      const { port } = server.listenAddress!;
      const id = await agent.connectAsync('127.0.0.1', port);
      await client.startAsync('127.0.0.1', port);
      agent.send(id, Buffer.from(round));
      client.send(Buffer.from(round));
      sent += round;

      expect(String(await ofAgent.receivedBytes(sent.length))).toBe(sent);
      expect(String(await ofClient.receivedBytes(sent.length))).toBe(sent);
      expect(states()).toEqual(Array(3).fill(ServiceState.Started));
      await Promise.all([server, agent, client].map((component) => component.stop()));
      expect(states()).toEqual(Array(3).fill(ServiceState.Stopped));
    }
  });
});

describe.each(components)('a $name that is given no context', ({ make }) => {
  afterEach(() => {
    cleanupSsl();
  });

  test('starts between initializeSsl and cleanupSsl alone', async () => {
    await using listener = await netListener();
    await using component = make();
    const expectRefusal = (): void => {
      const error = thrownBy(() => start(component, listener.port));
      expect(error.socketError).toBe(SocketError.SslEnvNotReady);
      expect(component.state).toBe(ServiceState.Stopped);
    };
    expectRefusal();
    initializeSsl(authority().issue());
    start(component, listener.port);
    expect(component.hasStarted).toBe(true);
    await component.stop();
    cleanupSsl();
    expectRefusal();
  });
});
