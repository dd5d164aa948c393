// SPDX-License-Identifier: Apache-2.0
// The listeners of the components of the console: each event goes to an observer.
import type {
  AgentListener,
  CommonServerListener,
  MultiConnectionComponent,
  MultiConnectionListener,
  SingleConnectionComponent,
} from '@hp/core-native';
import type { PullModel } from '@hp/pull';
import type { SslConnectionInfo } from '@hp/ssl';
import type { ClientListener } from '@hp/tcp';
import { describeHandshake } from '../secure/describe-handshake.js';
import { endpoint } from '../terminal/text.js';
import type { Observer } from './observer.js';

/** What `onReceive` gets: bytes, or with the PULL model how many there are. */
export type Received = Buffer | number;

type Owner = MultiConnectionComponent;
type Single = SingleConnectionComponent;
type Shared = Required<
  Pick<MultiConnectionListener<Owner, Received>, 'onReceive' | 'onSend' | 'onClose' | 'onShutdown'>
>;
type AgentEvents = Required<
  Pick<AgentListener<Owner, Received>, keyof Shared | 'onPrepareConnect' | 'onConnect'>
>;
type ClientEvents = Required<
  Pick<
    ClientListener<Single, Received>,
    'onPrepareConnect' | 'onConnect' | 'onReceive' | 'onSend' | 'onClose'
  >
>;
type ServerEvents = CommonServerListener<Owner, Received> & { onAccept: (server: Owner, id: number) => void };

/** That of a server. */
export function serverListener(observer: Observer, model?: PullModel): ServerEvents {
  return {
    ...sharedEvents(observer, model),
    onPrepareListen: () => observer.note('onPrepareListen'),
    onAccept: (server, id) => observer.opened('onAccept', id, () => endpoint(server.getRemoteAddress(id))),
    onReject: () => observer.note('onReject'),
  };
}

/** That of an agent. */
export function agentListener(observer: Observer, model?: PullModel): AgentEvents {
  return {
    ...sharedEvents(observer, model),
    onPrepareConnect: (_, id) => observer.opened('onPrepareConnect', id),
    onConnect: (agent, id) => observer.note('onConnect', id, () => endpoint(agent.getRemoteAddress(id))),
  };
}

/** That of a client; one that hears many tells of each datagram who has sent it. */
export function clientListener(observer: Observer, model?: PullModel, hearsMany = false): ClientEvents {
  const sender = (client: Single) => (hearsMany ? () => endpoint(client.remoteAddress) : undefined);
  return {
    onPrepareConnect: (client) => observer.opened('onPrepareConnect', client.connectionId),
    onConnect: (client) =>
      observer.note('onConnect', client.connectionId, () => endpoint(client.remoteAddress)),
    onReceive: (client, data) => {
      const id = client.connectionId;
      return observer.received(id, bytesOf(data, client, id, model), sender(client));
    },
    onSend: (client, length) => observer.sent(client.connectionId, length),
    onClose: (client, operation, errorCode) => observer.closed(client.connectionId, operation, errorCode),
  };
}

/** What is asked of a component of TLS after a handshake. */
interface Secure {
  getSslInfo(id: number): SslConnectionInfo | undefined;
}
interface SecureSingle {
  readonly connectionId: number;
  readonly sslInfo: SslConnectionInfo | undefined;
}

/** What a component of TLS with many connections hears besides. */
export function handshakeEvent(observer: Observer): { onHandshake: (owner: Secure, id: number) => void } {
  return { onHandshake: (owner, id) => noteHandshake(observer, id, owner.getSslInfo(id)) };
}

/** What a client of TLS hears besides. */
export function clientHandshakeEvent(observer: Observer): { onHandshake: (client: SecureSingle) => void } {
  return { onHandshake: (client) => noteHandshake(observer, client.connectionId, client.sslInfo) };
}

function noteHandshake(observer: Observer, id: number, info: SslConnectionInfo | undefined): void {
  observer.note('onHandshake', id, () => describeHandshake(info));
}

function sharedEvents(observer: Observer, model: PullModel | undefined): Shared {
  return {
    onReceive: (owner, id, data) => observer.received(id, bytesOf(data, owner, id, model)),
    onSend: (_, id, length) => observer.sent(id, length),
    onClose: (_, id, operation, errorCode) => observer.closed(id, operation, errorCode),
    onShutdown: () => observer.note('onShutdown'),
  };
}

/** All that has come. */
function bytesOf(data: Received, owner: Owner | Single, id: number, model: PullModel | undefined): Buffer {
  if (typeof data !== 'number') return data;
  return model?.fetch(owner, id, data) ?? Buffer.alloc(0);
}
