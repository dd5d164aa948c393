// SPDX-License-Identifier: Apache-2.0
import type {
  Component,
  DialingClient,
  MultiConnectionComponent,
  MultiStreamComponent,
  ReceiveModel,
} from '@hp/core-native';
import { pack } from '@hp/pack';
import { pull, type PullModel } from '@hp/pull';
import { SslAgent, SslClient, type SslContext, SslServer, SslVerifyMode } from '@hp/ssl';
import { SendPolicy, type SocketAddress, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { CastMode, UdpCast, UdpClient, UdpServer } from '@hp/udp';
import { clientContext, serverContext } from '../secure/contexts.js';
import { type ConnectionAccess, manyConnections, oneConnection } from './connection-access.js';
import type { ComponentOptions, KindName } from './kinds.js';
import {
  agentListener,
  clientHandshakeEvent,
  clientListener,
  handshakeEvent,
  type Received,
  serverListener,
} from './listeners.js';
import type { Observer } from './observer.js';
import { RequestError } from './reading.js';

/** A component of any kind, as the console runs it. */
export interface Made {
  readonly component: Component;
  readonly access: ConnectionAccess;
  /** Throws or rejects where it cannot be started. */
  readonly start: () => void | Promise<void>;
  /** Where it listens; absent for what dials. */
  readonly listenAddress?: () => SocketAddress | undefined;
  /** Makes one more connection; absent for what has none or one. */
  readonly connect?: () => Promise<unknown>;
}

/** The receive model: with PULL, what fetches besides. */
interface Model {
  readonly model?: ReceiveModel<Received>;
  readonly pulling?: PullModel;
}

/** Makes a component whose events `observer` hears. Throws where an option is wrong. */
export async function createComponent(
  kind: KindName,
  options: ComponentOptions,
  observer: Observer,
): Promise<Made> {
  const { pulling, ...model } = createModel(options);
  const server = serverListener(observer, pulling);
  const agent = agentListener(observer, pulling);
  const client = clientListener(observer, pulling);
  switch (kind) {
    case 'TcpServer':
      return listening(new TcpServer<unknown, Received>(server, { ...multi(options), ...model }), options);
    case 'TcpAgent':
      return dialingMany(new TcpAgent<unknown, Received>(agent, { ...multi(options), ...model }), options);
    case 'TcpClient':
      return dialing(new TcpClient<unknown, Received>(client, { ...common(options), ...model }), options);
    case 'SslServer': {
      const settings = { ...multi(options), ...model, context: await contextOf(serverContext, options) };
      const listener = { ...server, ...handshakeEvent(observer) };
      return listening(new SslServer<unknown, Received>(listener, settings), options);
    }
    case 'SslAgent': {
      const settings = { ...multi(options), ...model, ...(await secure(options)) };
      const listener = { ...agent, ...handshakeEvent(observer) };
      return dialingMany(new SslAgent<unknown, Received>(listener, settings), options);
    }
    case 'SslClient': {
      const settings = { ...common(options), ...model, ...(await secure(options)) };
      const listener = { ...client, ...clientHandshakeEvent(observer) };
      return dialing(new SslClient<unknown, Received>(listener, settings), options);
    }
    case 'UdpServer':
      return listening(new UdpServer(server, { ...multi(options), ...datagrams(options) }), options);
    case 'UdpClient':
      return dialing(new UdpClient(client, { ...common(options), ...datagrams(options) }), options);
    case 'UdpCast':
      return dialing(new UdpCast(clientListener(observer, undefined, true), member(options)), options);
  }
}

interface Listening extends MultiConnectionComponent {
  readonly listenAddress: SocketAddress | undefined;
  startAsync(address: string, port: number): Promise<void>;
}

function listening(component: Listening, { address, port }: ComponentOptions): Made {
  return {
    component,
    access: manyConnections(component),
    start: () => component.startAsync(address, port),
    listenAddress: () => component.listenAddress,
  };
}

interface DialingMany extends MultiStreamComponent {
  start(): void;
  connectAsync(host: string, port: number): Promise<number>;
}

function dialingMany(component: DialingMany, { address, port }: ComponentOptions): Made {
  return {
    component,
    access: manyConnections(component),
    start: () => component.start(),
    connect: () => component.connectAsync(address, port),
  };
}

function dialing(component: DialingClient, { address, port, localAddress }: ComponentOptions): Made {
  const from = component instanceof UdpCast ? { localAddress } : {};
  return {
    component,
    access: oneConnection(component),
    start: () => component.startAsync(address, port, from),
  };
}

function createModel({ model, headerFlag, maxPackSize }: ComponentOptions): Model {
  if (model === 'pack') return { model: pack({ headerFlag, maxPackSize }) };
  if (model === 'push') return {};
  const pulling = pull();
  return { model: pulling, pulling };
}

const sendPolicies = { pack: SendPolicy.Pack, safe: SendPolicy.Safe, direct: SendPolicy.Direct };

function common({ workerThreadCount, idleTimeoutMs }: ComponentOptions): {
  workerThreadCount: number | 'auto';
  idleTimeoutMs: number;
} {
  return { workerThreadCount: toThreadCount(workerThreadCount), idleTimeoutMs };
}

function multi(options: ComponentOptions): ReturnType<typeof common> & {
  maxConnections: number;
  sendPolicy: SendPolicy;
} {
  const { maxConnections, sendPolicy } = options;
  return { ...common(options), maxConnections, sendPolicy: sendPolicies[sendPolicy] };
}

function datagrams({ maxDatagramSize, detectAttempts, detectInterval }: ComponentOptions): {
  maxDatagramSize: number;
  detectAttempts: number;
  detectInterval: number;
} {
  return { maxDatagramSize, detectAttempts, detectInterval };
}

function member(options: ComponentOptions): ConstructorParameters<typeof UdpCast>[1] {
  const { castMode, multiCastTtl, multiCastLoop, maxDatagramSize } = options;
  return {
    ...common(options),
    castMode: castMode === 'broadcast' ? CastMode.Broadcast : CastMode.Multicast,
    multiCastTtl,
    multiCastLoop,
    maxDatagramSize,
  };
}

async function secure(options: ComponentOptions): Promise<{ serverName: string; context: SslContext }> {
  return { serverName: options.serverName, context: await contextOf(clientContext, options) };
}

/** A context of the certificates for demos. */
function contextOf(make: typeof clientContext, { verify }: ComponentOptions): Promise<SslContext> {
  const own = { cert: undefined, key: undefined, ca: undefined };
  return make({ ...own, verify: verify ? SslVerifyMode.Peer : SslVerifyMode.None }, () => undefined);
}

function toThreadCount(text: string): number | 'auto' {
  if (text === 'auto') return text;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new RequestError("workerThreadCount must be 'auto' or a whole number");
}
