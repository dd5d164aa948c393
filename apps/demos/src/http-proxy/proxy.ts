// SPDX-License-Identifier: Apache-2.0
import { TcpAgent, TcpServer } from '@hp/tcp';
import { serverEvents } from '../interactive/shown-events.js';
import type { TunedSettings } from '../options/settings.js';
import type { ProxyLog } from './proxy-log.js';
import { type Proxy, Session } from './session.js';

/** What a proxy is run with. */
export interface ProxySettings {
  /** How long a host may take to be connected, and how long it may be silent. */
  readonly timeoutMs: number;
  /** Of the connections from clients. */
  readonly server: TunedSettings;
  /** Of the connections to hosts. */
  readonly agent: TunedSettings;
  /** The address of clients that are turned away. */
  readonly rejected: string | undefined;
}

/** An HTTP proxy: a server for its clients, and an agent for the hosts that they ask for. */
export function createProxy(log: ProxyLog, { timeoutMs, rejected, ...tuned }: ProxySettings): Proxy {
  const { onSend: _, ...events } = serverEvents(log, rejected);
  const server = new TcpServer<Session>(
    {
      ...events,
      onAccept: (server, id) => {
        server.setConnectionExtra(id, new Session(proxy, id));
        return events.onAccept(server, id);
      },
      onReceive: (server, id, data, offset, length) =>
        server.getConnectionExtra(id)?.clientReceived(data.subarray(offset, offset + length)),
      onDrain: (server, id) => server.getConnectionExtra(id)?.clientDrained(),
      onClose: (server, id, operation, errorCode) => {
        void events.onClose(server, id, operation, errorCode);
        server.getConnectionExtra(id)?.clientClosed();
      },
    },
    // A client waits while its host is connected and thinks: long enough for it to be told that nothing came of that.
    { ...tuned.server, receiveBuffer: 'borrowed', idleTimeoutMs: 3 * timeoutMs, idleTimeoutOn: 'both' },
  );
  const agent = new TcpAgent<Session>(
    {
      onConnect: (agent, id) => agent.getConnectionExtra(id)?.hostConnected(id),
      onReceive: (agent, id, data, offset, length) =>
        agent.getConnectionExtra(id)?.hostReceived(data.subarray(offset, offset + length)),
      onDrain: (agent, id) => agent.getConnectionExtra(id)?.hostDrained(),
      onClose: (agent, id, operation, errorCode) =>
        agent.getConnectionExtra(id)?.hostClosed(id, operation, errorCode),
    },
    {
      ...tuned.agent,
      receiveBuffer: 'borrowed',
      connectTimeoutMs: timeoutMs,
      idleTimeoutMs: timeoutMs,
      idleTimeoutOn: 'both',
    },
  );
  const proxy: Proxy = { server, agent, log };
  return proxy;
}
