// SPDX-License-Identifier: Apache-2.0
// One connection, seen from the component under test: the same test then runs on a server, an agent
// and a client.
import { dialPeer, EventLog, netListener, type NetListener, type NetPeer } from '@hp/testkit';
import {
  TcpAgent,
  type AgentListener,
  type CallbackResult,
  type ClientListener,
  TcpClient,
  type ConnectionSettings,
  type ErrorCode,
  type ServerListener,
  TcpServer,
} from '@hp/tcp';
import { agentListener, clientListener, serverListener } from './listeners.js';

/** What a test does in the callbacks. `onOpen` is `onAccept` or `onConnect`. */
export interface SideHooks {
  readonly onOpen?: (side: Side) => CallbackResult;
  /** With the components of @hp/ssl. */
  readonly onHandshake?: (side: Side) => CallbackResult;
  readonly onReceive?: (side: Side, data: Buffer) => CallbackResult;
  readonly onSend?: (side: Side, length: number) => CallbackResult;
  readonly onDrain?: (side: Side) => CallbackResult;
  readonly onClose?: (side: Side) => CallbackResult;
}

export interface SideOptions extends Partial<ConnectionSettings> {
  /** `false`: the node:net peer reads nothing until `resume`. */
  readonly peerReads?: boolean;
}

/** One end of a connection whose other end is `peer`. */
export interface Side extends AsyncDisposable {
  readonly log: EventLog;
  readonly peer: NetPeer;
  readonly component: TcpServer | TcpAgent | TcpClient;
  readonly id: number;
  readonly lastErrorCode: ErrorCode;
  readonly isConnected: boolean;
  readonly isCongested: boolean;
  readonly pendingDataLength: number;
  send(data: Uint8Array, offset?: number, length?: number): boolean;
  sendPackets(pieces: readonly Uint8Array[]): boolean;
  sendSmallFile(path: string, head?: Uint8Array, tail?: Uint8Array): boolean;
  end(): boolean;
  reset(): boolean;
  pauseReceive(pause?: boolean): boolean;
  drained(): Promise<void>;
  /** `disconnect`, for clients `stop`. */
  close(): void;
  /** Waits until the component has told the opening. */
  opened(): Promise<void>;
}

type ManyConnections = TcpServer | TcpAgent;

class MultiSide implements Side {
  readonly log: EventLog = new EventLog();
  peer!: NetPeer;
  id = 0;
  component!: ManyConnections;
  listener: NetListener | undefined;

  get lastErrorCode(): ErrorCode {
    return this.component.lastErrorCode;
  }
  get isConnected(): boolean {
    return this.component.isConnected(this.id);
  }
  get isCongested(): boolean {
    return this.component.isCongested(this.id);
  }
  get pendingDataLength(): number {
    return this.component.getPendingDataLength(this.id) ?? Number.NaN;
  }
  send(data: Uint8Array, offset?: number, length?: number): boolean {
    return this.component.send(this.id, data, offset, length);
  }
  sendPackets(pieces: readonly Uint8Array[]): boolean {
    return this.component.sendPackets(this.id, pieces);
  }
  sendSmallFile(path: string, head?: Uint8Array, tail?: Uint8Array): boolean {
    return this.component.sendSmallFile(this.id, path, head, tail);
  }
  end(): boolean {
    return this.component.end(this.id);
  }
  reset(): boolean {
    return this.component.reset(this.id);
  }
  pauseReceive(pause?: boolean): boolean {
    return this.component.pauseReceive(this.id, pause);
  }
  async drained(): Promise<void> {
    await this.component.drained(this.id);
  }
  close(): void {
    this.component.disconnect(this.id);
  }
  async opened(): Promise<void> {
    await this.log.next(this.component instanceof TcpServer ? 'onAccept' : 'onConnect');
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.component.stop();
    await this.peer[Symbol.asyncDispose]();
    await this.listener?.[Symbol.asyncDispose]();
  }

  /** The hooks, in the form that servers and agents share. */
  bind(hooks: SideHooks): AgentListener<ManyConnections> {
    const { onHandshake, onReceive, onSend, onDrain, onClose } = hooks;
    const listener: AgentListener<ManyConnections> = {};
    if (onHandshake) listener.onHandshake = () => onHandshake(this);
    if (onReceive) listener.onReceive = (_owner, _id, data) => onReceive(this, data);
    if (onSend) listener.onSend = (_owner, _id, length) => onSend(this, length);
    if (onDrain) listener.onDrain = () => onDrain(this);
    if (onClose) listener.onClose = () => onClose(this);
    return listener;
  }
}

class ClientSide implements Side {
  readonly log: EventLog = new EventLog();
  peer!: NetPeer;
  component!: TcpClient;
  listener!: NetListener;

  get id(): number {
    return this.component.connectionId;
  }
  get lastErrorCode(): ErrorCode {
    return this.component.lastErrorCode;
  }
  get isConnected(): boolean {
    return this.component.isConnected;
  }
  get isCongested(): boolean {
    return this.component.isCongested;
  }
  get pendingDataLength(): number {
    return this.component.pendingDataLength;
  }
  send(data: Uint8Array, offset?: number, length?: number): boolean {
    return this.component.send(data, offset, length);
  }
  sendPackets(pieces: readonly Uint8Array[]): boolean {
    return this.component.sendPackets(pieces);
  }
  sendSmallFile(path: string, head?: Uint8Array, tail?: Uint8Array): boolean {
    return this.component.sendSmallFile(path, head, tail);
  }
  end(): boolean {
    return this.component.end();
  }
  reset(): boolean {
    return this.component.reset();
  }
  pauseReceive(pause?: boolean): boolean {
    return this.component.pauseReceive(pause);
  }
  async drained(): Promise<void> {
    await this.component.drained();
  }
  close(): void {
    void this.component.stop();
  }
  async opened(): Promise<void> {
    await this.log.next('onConnect');
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.component.stop();
    await this.peer[Symbol.asyncDispose]();
    await this.listener[Symbol.asyncDispose]();
  }
}

/** The classes of the three roles: those of @hp/tcp, or what derives from them. */
export interface RoleClasses {
  readonly Server: new (
    listener: ServerListener<TcpServer>,
    options: Partial<ConnectionSettings>,
  ) => TcpServer;
  readonly Agent: new (listener: AgentListener<TcpAgent>, options: Partial<ConnectionSettings>) => TcpAgent;
  readonly Client: new (
    listener: ClientListener<TcpClient>,
    options: Partial<ConnectionSettings>,
  ) => TcpClient;
}

async function openServer(
  Server: RoleClasses['Server'],
  hooks: SideHooks,
  { peerReads = true, ...settings }: SideOptions,
): Promise<Side> {
  const side = new MultiSide();
  const listener = serverListener(side.log, {
    ...side.bind(hooks),
    onAccept: (_server, id) => {
      side.id = id;
      return hooks.onOpen?.(side);
    },
  });
  const server = new Server(listener, settings);
  side.component = server;
  server.start('127.0.0.1');
  side.peer = await dialPeer(server.listenAddress?.port ?? 0, { reads: peerReads });
  await side.opened();
  return side;
}

async function openAgent(
  Agent: RoleClasses['Agent'],
  hooks: SideHooks,
  { peerReads = true, ...settings }: SideOptions,
): Promise<Side> {
  const side = new MultiSide();
  const listener = agentListener(side.log, {
    ...side.bind(hooks),
    onConnect: (_agent, id) => {
      side.id = id;
      return hooks.onOpen?.(side);
    },
  });
  const agent = new Agent(listener, settings);
  side.component = agent;
  side.listener = await netListener({ reads: peerReads });
  agent.start();
  agent.connect(side.listener.host, side.listener.port);
  side.peer = await side.listener.accepted();
  await side.opened();
  return side;
}

async function openClient(
  Client: RoleClasses['Client'],
  hooks: SideHooks,
  { peerReads = true, ...settings }: SideOptions,
): Promise<Side> {
  const side = new ClientSide();
  const { onOpen, onHandshake, onReceive, onSend, onDrain, onClose } = hooks;
  const listener = clientListener(side.log, {
    onConnect: () => onOpen?.(side),
    onHandshake: () => onHandshake?.(side),
    onReceive: (_client, data) => onReceive?.(side, data),
    ...(onSend && { onSend: (_client: TcpClient, length: number) => onSend(side, length) }),
    onDrain: () => onDrain?.(side),
    onClose: () => onClose?.(side),
  });
  side.component = new Client(listener, settings);
  side.listener = await netListener({ reads: peerReads });
  side.component.start(side.listener.host, side.listener.port);
  side.peer = await side.listener.accepted();
  await side.opened();
  return side;
}

/** How to open a connection in one role. */
export interface Role<TOptions> {
  readonly role: 'server' | 'agent' | 'client';
  readonly open: (hooks?: SideHooks, options?: SideOptions & TOptions) => Promise<Side>;
}

/** How to open a connection in each role of these classes, which may have options besides: `TOptions`. */
export function rolesOf<TOptions = object>({
  Server,
  Agent,
  Client,
}: RoleClasses): readonly Role<TOptions>[] {
  const none = {} as SideOptions & TOptions;
  return [
    { role: 'server', open: (hooks = {}, options = none) => openServer(Server, hooks, options) },
    { role: 'agent', open: (hooks = {}, options = none) => openAgent(Agent, hooks, options) },
    { role: 'client', open: (hooks = {}, options = none) => openClient(Client, hooks, options) },
  ];
}

/** How to open a connection in each role. */
export const roles: readonly Role<object>[] = rolesOf({
  Server: TcpServer,
  Agent: TcpAgent,
  Client: TcpClient,
});
