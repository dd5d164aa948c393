// SPDX-License-Identifier: Apache-2.0
import { EventLog } from '@hp/testkit';
import { UdpServer, type UdpServerListener, type UdpServerOptions } from '@hp/udp';

export type ServerHooks = UdpServerListener<UdpServer>;

/** A listener of a server that notes each event and does what `hooks` say; sends only where these have an `onSend`. */
export function serverListener(log: EventLog, hooks: ServerHooks = {}): ServerHooks {
  const listener: ServerHooks = {
    onPrepareListen(server, socket) {
      log.add({ name: 'onPrepareListen', id: 0 });
      return hooks.onPrepareListen?.(server, socket);
    },
    onAccept(server, id, remoteAddress) {
      log.add({ name: 'onAccept', id });
      return hooks.onAccept?.(server, id, remoteAddress);
    },
    onReject(server) {
      log.add({ name: 'onReject', id: 0 });
      return hooks.onReject?.(server);
    },
    onReceive(server, id, data, offset, length) {
      log.add({ name: 'onReceive', id, data });
      return hooks.onReceive?.(server, id, data, offset, length);
    },
    onDrain(server, id) {
      log.add({ name: 'onDrain', id });
      return hooks.onDrain?.(server, id);
    },
    onClose(server, id, operation, errorCode) {
      log.add({ name: 'onClose', id, operation, errorCode });
      return hooks.onClose?.(server, id, operation, errorCode);
    },
    onShutdown(server) {
      log.add({ name: 'onShutdown', id: 0 });
      return hooks.onShutdown?.(server);
    },
  };
  const { onSend } = hooks;
  if (onSend === undefined) return listener;
  return {
    ...listener,
    onSend(server, id, length) {
      log.add({ name: 'onSend', id, length });
      return onSend.call(hooks, server, id, length);
    },
  };
}

/** The port that a running server receives on. */
export function portOf(server: UdpServer): number {
  const { listenAddress } = server;
  if (listenAddress === undefined) throw new Error('the server does not run');
  return listenAddress.port;
}

/** A server that receives on a port of loopback, and what it has told. */
export interface Served extends AsyncDisposable {
  readonly server: UdpServer;
  readonly log: EventLog;
  readonly port: number;
}

export function serve(options: UdpServerOptions, hooks: ServerHooks = {}): Served {
  const log = new EventLog();
  const server = new UdpServer(serverListener(log, hooks), options);
  server.start('127.0.0.1');
  return {
    server,
    log,
    port: portOf(server),
    async [Symbol.asyncDispose]() {
      await server.stop();
    },
  };
}

/** Sends back what comes. */
export function echo(server: UdpServer, id: number, data: Uint8Array): void {
  server.send(id, data);
}
