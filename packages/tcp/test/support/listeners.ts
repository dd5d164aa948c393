// SPDX-License-Identifier: Apache-2.0
import type { EventLog } from '@hp/testkit';
import type { AgentListener, ClientListener, ServerListener, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';

/** A listener of a server that notes each event and then does what `hooks` say. */
export function serverListener(
  log: EventLog,
  hooks: ServerListener<TcpServer> = {},
): ServerListener<TcpServer> {
  return {
    ...connectionListener(log, hooks),
    onPrepareListen(server, socket) {
      log.add({ name: 'onPrepareListen', id: 0 });
      return hooks.onPrepareListen?.(server, socket);
    },
    onAccept(server, id, socket) {
      log.add({ name: 'onAccept', id });
      return hooks.onAccept?.(server, id, socket);
    },
    onReject(server) {
      log.add({ name: 'onReject', id: 0 });
      return hooks.onReject?.(server);
    },
    onAcceptPause(server, errorCode) {
      log.add({ name: 'onAcceptPause', id: 0, errorCode });
      return hooks.onAcceptPause?.(server, errorCode);
    },
  };
}

/** As `serverListener`, for an agent. */
export function agentListener(log: EventLog, hooks: AgentListener<TcpAgent> = {}): AgentListener<TcpAgent> {
  return {
    ...connectionListener(log, hooks),
    onPrepareConnect(agent, id, socket) {
      log.add({ name: 'onPrepareConnect', id });
      return hooks.onPrepareConnect?.(agent, id, socket);
    },
    onConnect(agent, id) {
      log.add({ name: 'onConnect', id });
      return hooks.onConnect?.(agent, id);
    },
  };
}

/** What servers and agents share. Sends are noted only where `hooks` has an `onSend`. */
function connectionListener<TOwner>(
  log: EventLog,
  hooks: ServerListener<TOwner> | AgentListener<TOwner>,
): ServerListener<TOwner> {
  const listener: ServerListener<TOwner> = {
    onHandshake(owner, id) {
      log.add({ name: 'onHandshake', id });
      return hooks.onHandshake?.(owner, id);
    },
    onReceive(owner, id, data, offset, length) {
      log.add({ name: 'onReceive', id, data });
      return hooks.onReceive?.(owner, id, data, offset, length);
    },
    onDrain(owner, id) {
      log.add({ name: 'onDrain', id });
      return hooks.onDrain?.(owner, id);
    },
    onClose(owner, id, operation, errorCode) {
      log.add({ name: 'onClose', id, operation, errorCode });
      return hooks.onClose?.(owner, id, operation, errorCode);
    },
    onShutdown(owner) {
      log.add({ name: 'onShutdown', id: 0 });
      return hooks.onShutdown?.(owner);
    },
  };
  if (hooks.onSend !== undefined) {
    listener.onSend = (owner, id, length) => {
      log.add({ name: 'onSend', id, length });
      return hooks.onSend?.(owner, id, length);
    };
  }
  return listener;
}

/** As `serverListener`, for a client. */
export function clientListener(
  log: EventLog,
  hooks: ClientListener<TcpClient> = {},
): ClientListener<TcpClient> {
  const listener: ClientListener<TcpClient> = {
    onPrepareConnect(client, socket) {
      log.add({ name: 'onPrepareConnect', id: client.connectionId });
      return hooks.onPrepareConnect?.(client, socket);
    },
    onConnect(client) {
      log.add({ name: 'onConnect', id: client.connectionId });
      return hooks.onConnect?.(client);
    },
    onHandshake(client) {
      log.add({ name: 'onHandshake', id: client.connectionId });
      return hooks.onHandshake?.(client);
    },
    onReceive(client, data, offset, length) {
      log.add({ name: 'onReceive', id: client.connectionId, data });
      return hooks.onReceive?.(client, data, offset, length);
    },
    onDrain(client) {
      log.add({ name: 'onDrain', id: client.connectionId });
      return hooks.onDrain?.(client);
    },
    onClose(client, operation, errorCode) {
      log.add({ name: 'onClose', id: client.connectionId, operation, errorCode });
      return hooks.onClose?.(client, operation, errorCode);
    },
  };
  if (hooks.onSend !== undefined) {
    listener.onSend = (client, length) => {
      log.add({ name: 'onSend', id: client.connectionId, length });
      return hooks.onSend?.(client, length);
    };
  }
  return listener;
}
