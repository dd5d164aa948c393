// SPDX-License-Identifier: Apache-2.0
// The events that are only shown, as the beginning of a listener.
import type {
  CommonServerListener,
  MultiConnectionComponent,
  SingleConnectionComponent,
} from '@hp/core-native';
import { type AgentListener, type ClientListener, HandleResult } from '@hp/tcp';
import type { EventLog } from '../terminal/event-log.js';
import { endpoint } from '../terminal/text.js';

type ClosingEvents = 'onSend' | 'onClose';
type ServerEvents = ClosingEvents | 'onPrepareListen' | 'onReject' | 'onShutdown';
type AgentEvents = ClosingEvents | 'onPrepareConnect' | 'onConnect' | 'onShutdown';
type ClientEvents = ClosingEvents | 'onPrepareConnect' | 'onConnect';

/** What the events of servers have in common, whatever the transport. */
interface ShownServerEvents extends Required<
  Pick<CommonServerListener<MultiConnectionComponent>, ServerEvents>
> {
  readonly onAccept: (server: MultiConnectionComponent, id: number) => HandleResult;
}

/** Those of a server, which turns connections from the address `rejected` away. */
export function serverEvents(log: EventLog, rejected: string | undefined): ShownServerEvents {
  return {
    onPrepareListen: () => log.event('onPrepareListen'),
    onAccept: (server, id) => {
      const peer = server.getRemoteAddress(id);
      const isRejected = rejected !== undefined && peer?.address === rejected;
      log.event('onAccept', id, `${endpoint(peer)}${isRejected ? ' rejected' : ''}`);
      return isRejected ? HandleResult.Error : HandleResult.Ok;
    },
    onSend: (_, id, length) => log.sent(id, length),
    onClose: (server, id, operation, errorCode) =>
      log.closed(id, operation, errorCode, server.closeReason(id)),
    onReject: () => log.event('onReject', undefined, 'as many connections as there may be'),
    onShutdown: () => log.event('onShutdown'),
  };
}

/** Those of an agent. */
export function agentEvents(
  log: EventLog,
): Required<Pick<AgentListener<MultiConnectionComponent>, AgentEvents>> {
  return {
    onPrepareConnect: (_, id) => log.event('onPrepareConnect', id),
    onConnect: (agent, id) => log.connected(id, agent.getRemoteAddress(id), agent.getLocalAddress(id)),
    onSend: (_, id, length) => log.sent(id, length),
    onClose: (agent, id, operation, errorCode) => log.closed(id, operation, errorCode, agent.closeReason(id)),
    onShutdown: () => log.event('onShutdown'),
  };
}

/** Those of a client. */
export function clientEvents(
  log: EventLog,
): Required<Pick<ClientListener<SingleConnectionComponent>, ClientEvents>> {
  return {
    onPrepareConnect: (client) => log.event('onPrepareConnect', client.connectionId),
    onConnect: (client) => log.connected(client.connectionId, client.remoteAddress, client.localAddress),
    onSend: (client, length) => log.sent(client.connectionId, length),
    onClose: (client, operation, errorCode) =>
      log.closed(client.connectionId, operation, errorCode, client.closeReason),
  };
}
