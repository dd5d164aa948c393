// SPDX-License-Identifier: Apache-2.0
import { EventLog } from '@hp/testkit';
import { type UdpCast, UdpClient, type UdpClientListener, type UdpClientOptions } from '@hp/udp';

type Single = UdpClient | UdpCast;

/**
 * A listener of a client or a member that notes each event and then does
 * what `hooks` say. Sends are noted only where `hooks` has an `onSend`.
 */
export function clientListener<T extends Single>(
  log: EventLog,
  hooks: UdpClientListener<T> = {},
): UdpClientListener<T> {
  const listener: UdpClientListener<T> = {
    onPrepareConnect(client, socket) {
      log.add({ name: 'onPrepareConnect', id: client.connectionId });
      return hooks.onPrepareConnect?.(client, socket);
    },
    onConnect(client) {
      log.add({ name: 'onConnect', id: client.connectionId });
      return hooks.onConnect?.(client);
    },
    onReceive(client, data, offset, length) {
      // A borrowed buffer is the listener's during the call only.
      const copy = Buffer.from(data.subarray(offset, offset + length));
      log.add({ name: 'onReceive', id: client.connectionId, data: copy });
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

/** The datagrams received so far, as text. */
export function textsIn(log: EventLog): string[] {
  return log.all('onReceive').map(({ data }) => String(data));
}

/** A client that notes its events; stopped by `await using`. */
export interface LoggedClient extends AsyncDisposable {
  readonly log: EventLog;
  readonly client: UdpClient;
}

export function loggedClient(
  options: UdpClientOptions,
  hooks: UdpClientListener<UdpClient> = {},
): LoggedClient {
  const log = new EventLog();
  const client = new UdpClient(clientListener(log, hooks), options);
  return { log, client, [Symbol.asyncDispose]: () => client.stop() };
}
