// SPDX-License-Identifier: Apache-2.0
// One connection in PULL, seen from the component under test, whatever its role.
import { dialPeer, EventLog, type NetListener, netListener, type NetPeer } from '@hp/testkit';
import type { PullClient, PullSettings } from '@hp/pull';
import { TcpPullAgent, TcpPullClient, TcpPullServer } from '@hp/pull/tcp';
import type { CallbackResult, ConnectionSettings, ErrorCode, SocketOperation } from '@hp/tcp';

export type SideSettings = Partial<PullSettings & ConnectionSettings>;

/** What a test does in the callbacks. */
export interface SideHooks {
  readonly onOpen?: (side: PullSide) => CallbackResult;
  readonly onReceive?: (side: PullSide, total: number) => CallbackResult;
  readonly onClose?: (side: PullSide) => void;
}

/** The calls of a PULL component for its one connection. */
export interface Fetching extends PullClient {
  pauseReceive(pause?: boolean): boolean;
}

export class PullSide implements AsyncDisposable {
  readonly log: EventLog = new EventLog();
  /** What onReceive was told. */
  readonly totals: number[] = [];
  component!: TcpPullServer | TcpPullAgent | TcpPullClient;
  calls!: Fetching;
  peer!: NetPeer;
  listener: NetListener | undefined;
  readonly #hooks: SideHooks;

  constructor(hooks: SideHooks) {
    this.#hooks = hooks;
  }

  get lastErrorCode(): ErrorCode {
    return this.component.lastErrorCode;
  }

  opened(id: number): CallbackResult {
    if (!(this.component instanceof TcpPullClient)) this.calls = callsOf(this.component, id);
    this.log.add({ name: 'open', id });
    return this.#hooks.onOpen?.(this);
  }

  received(total: number): CallbackResult {
    this.totals.push(total);
    this.log.add({ name: 'onReceive', id: 1, length: total });
    return this.#hooks.onReceive?.(this, total);
  }

  closed(operation: SocketOperation, errorCode: ErrorCode): void {
    this.#hooks.onClose?.(this);
    this.log.add({ name: 'onClose', id: 1, operation, errorCode });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.component.stop();
    await this.peer[Symbol.asyncDispose]();
    await this.listener?.[Symbol.asyncDispose]();
  }
}

function callsOf(component: TcpPullServer | TcpPullAgent, id: number): Fetching {
  return {
    fetch: (wanted: number) => component.fetch(id, wanted),
    peek: (wanted: number) => component.peek(id, wanted),
    indexOf: (bytes, from) => component.indexOf(id, bytes, from),
    get fetchableLength() {
      return component.fetchableLength(id);
    },
    pauseReceive: (pause) => component.pauseReceive(id, pause),
  } as Fetching;
}

async function openServer(hooks: SideHooks, settings: SideSettings): Promise<PullSide> {
  const side = new PullSide(hooks);
  const server = new TcpPullServer(
    {
      onAccept: (_, id) => side.opened(id),
      onReceive: (_server, _id, total) => side.received(total),
      onClose: (_server, _id, ...why) => side.closed(...why),
    },
    settings,
  );
  side.component = server;
  server.start('127.0.0.1');
  side.peer = await dialPeer(server.listenAddress?.port ?? 0);
  await side.log.next('open');
  return side;
}

async function openAgent(hooks: SideHooks, settings: SideSettings): Promise<PullSide> {
  const side = new PullSide(hooks);
  const listener = (side.listener = await netListener());
  const agent = new TcpPullAgent(
    {
      onConnect: (_, id) => side.opened(id),
      onReceive: (_agent, _id, total) => side.received(total),
      onClose: (_agent, _id, ...why) => side.closed(...why),
    },
    settings,
  );
  side.component = agent;
  agent.start();
  await agent.connectAsync(listener.host, listener.port);
  side.peer = await listener.accepted();
  return side;
}

async function openClient(hooks: SideHooks, settings: SideSettings): Promise<PullSide> {
  const side = new PullSide(hooks);
  const listener = (side.listener = await netListener());
  const client = new TcpPullClient(
    {
      onConnect: (it) => side.opened(it.connectionId),
      onReceive: (_, total) => side.received(total),
      onClose: (_, ...why) => side.closed(...why),
    },
    settings,
  );
  side.component = side.calls = client;
  await client.startAsync(listener.host, listener.port);
  side.peer = await listener.accepted();
  return side;
}

/** How to open a connection in each role. */
export const roles: readonly {
  readonly role: 'server' | 'agent' | 'client';
  readonly open: (hooks: SideHooks, settings: SideSettings) => Promise<PullSide>;
}[] = [
  { role: 'server', open: openServer },
  { role: 'agent', open: openAgent },
  { role: 'client', open: openClient },
];
