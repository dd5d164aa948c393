// SPDX-License-Identifier: Apache-2.0
// What server, agent and client have in common with every receive model, as tests.
import { afterEach, describe, expect, test } from 'vitest';
import {
  cleanupSsl,
  initializeSsl,
  ServiceState,
  SocketError,
  type SslAgent,
  SslClient,
  type SslServer,
  type SslServerOptions,
} from '@hp/ssl';
import { EventLog, modes, netListener } from '@hp/testkit';
import { thrownBy } from '../../../core-native/test/support/thrown.js';
import { authority } from './certificates.js';
import { clientContext, serverContext } from './contexts.js';

type Options = Pick<SslServerOptions, 'context' | 'workerThreadCount'>;
type Server = SslServer | SslServer<unknown, number>;
type Agent = SslAgent | SslAgent<unknown, number>;
type Client = SslClient | SslClient<unknown, number>;

/** Takes what a component has received. */
export type Hear = (data: Buffer | undefined) => void;

/** How the three are made with one model. */
export interface Makers {
  /** One that echoes. */
  readonly server: (options?: Options) => Server;
  readonly agent: (hear: Hear, options?: Options) => Agent;
  readonly client: (hear: Hear, options?: Options) => Client;
}

const nobody: Hear = () => {};

function start(component: Server | Agent | Client, port: number): void {
  if (component instanceof SslClient) component.start('127.0.0.1', port);
  else component.start('127.0.0.1');
}

/** Tests that the three exchange data, twice in a row, and need a context to start. */
export function testComponents(name: string, makers: Makers): void {
  describe.each(modes)(`${name} components ($name)`, ({ workerThreadCount }) => {
    test('exchange data, twice in a row', async () => {
      const [ofAgent, ofClient] = [new EventLog(), new EventLog()];
      const hearIn =
        (log: EventLog): Hear =>
        (data) =>
          data && log.add({ name: 'onReceive', id: 0, data });
      const options = { workerThreadCount, context: clientContext() };
      await using server = makers.server({ workerThreadCount, context: serverContext() });
      await using agent = makers.agent(hearIn(ofAgent), options);
      await using client = makers.client(hearIn(ofClient), options);
      const states = () => [server, agent, client].map(({ state }) => state);
      let sent = '';
      for (const round of ['first ', 'second ']) {
        server.start('127.0.0.1');
        agent.start();
        const port = server.listenAddress?.port ?? 0;
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

  const components = [
    { role: 'server', make: () => makers.server() },
    { role: 'agent', make: () => makers.agent(nobody) },
    { role: 'client', make: () => makers.client(nobody) },
  ];

  describe.each(components)(`a ${name} $role that is given no context`, ({ make }) => {
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
}
