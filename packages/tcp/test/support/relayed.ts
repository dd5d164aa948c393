// SPDX-License-Identifier: Apache-2.0
import { dialPeer, EventLog, netListener, type NetPeer } from '@hp/testkit';
import { relay, TcpAgent, type ConnectionSettings, TcpServer } from '@hp/tcp';
import { agentListener, serverListener } from './listeners.js';

/** Two peers of node:net whose connections, one to a server and one of an agent, are joined. */
export interface Relayed extends AsyncDisposable {
  readonly left: NetPeer;
  readonly right: NetPeer;
  readonly server: TcpServer;
  readonly agent: TcpAgent;
  readonly serverLog: EventLog;
  readonly agentLog: EventLog;
  /** Settles as `relay` does. */
  readonly over: Promise<void>;
}

export interface RelayedOptions {
  readonly settings?: Partial<ConnectionSettings>;
  /** `false`: neither peer reads until `resume`. */
  readonly reads?: boolean;
}

export async function relayed(
  workerThreadCount: number,
  { settings = {}, reads = true }: RelayedOptions = {},
): Promise<Relayed> {
  const [serverLog, agentLog] = [new EventLog(), new EventLog()];
  const all = { workerThreadCount, ...settings };
  const listener = await netListener({ reads });
  const server = new TcpServer(serverListener(serverLog), all);
  const agent = new TcpAgent(agentListener(agentLog), all);
  server.start('127.0.0.1');
  agent.start();
  const left = await dialPeer(server.listenAddress?.port ?? 0, { reads });
  const { id } = await serverLog.next('onAccept');
  const over = relay(server, id, agent, await agent.connectAsync(listener.host, listener.port));
  const right = await listener.accepted();
  return {
    ...{ left, right, server, agent, serverLog, agentLog, over },
    async [Symbol.asyncDispose]() {
      await Promise.all([server.stop(), agent.stop(), left[Symbol.asyncDispose]()]);
      await listener[Symbol.asyncDispose]();
    },
  };
}

/** A server that accepts with reading paused, and an agent: the two sides of a relay that is yet to begin. */
export interface RelaySides extends AsyncDisposable {
  readonly server: TcpServer;
  readonly agent: TcpAgent;
  readonly log: EventLog;
}

export function relaySides(workerThreadCount: number): RelaySides {
  const log = new EventLog();
  const server = new TcpServer(serverListener(log, { onAccept: (it, id) => void it.pauseReceive(id) }), {
    workerThreadCount,
  });
  const agent = new TcpAgent({}, { workerThreadCount });
  server.start('127.0.0.1');
  agent.start();
  return {
    ...{ server, agent, log },
    async [Symbol.asyncDispose]() {
      await Promise.all([server.stop(), agent.stop()]);
    },
  };
}
