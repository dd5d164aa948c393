// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import path from 'node:path';
import { dialPeer, EventLog, type NetPeer, Pattern } from '@hp/testkit';
import {
  binding,
  Engine,
  type EngineSettings,
  ErrorCode,
  errorName,
  MultiStreamComponent,
  type NativeStreamFilter,
  type StreamFilterParts,
} from '@hp/core-native';

interface TestFilterAddon {
  /**
   * A filter that changes each byte by a key.
   * @param ahead - of a version later by so much, or no filter at all.
   * @param startsPlain - 1: bytes pass as they are until the handshake is ordered.
   * @param truncated - what a stream is closed with that ends without the end mark; 0: that is in order.
   */
  createFilter(key: number, ahead?: number, startsPlain?: number, truncated?: number): NativeStreamFilter;
  /** How many filters are open, and how many contexts exist. */
  counts(): [filters: number, contexts: number];
}

const addons = path.dirname(
  process.env['HP_NATIVE_PATH'] ?? path.join(import.meta.dirname, '../../build/release/hp_core.node'),
);
export const testFilter: TestFilterAddon = createRequire(import.meta.url)(
  process.env['HP_TEST_FILTER_PATH'] ?? path.join(addons, 'hp_test_filter.node'),
) as TestFilterAddon;
/** The command that begins the handshake. */
const BEGIN_HANDSHAKE = 2;
/** For `createFilter`: what is not a filter at all. */
export const STRANGE = 0xffff_ffff;

/** A key for `createFilter`. */
export const KEY = 0x2a;

/** Text that no key below 128 turns into the end mark. */
export function plain(length: number): Buffer {
  return Buffer.from(new Pattern().take(length).map((byte) => byte & 0x7f));
}

/** What the filter makes of bytes, and of those made so the bytes again. */
export function flip(bytes: Uint8Array, key: number = KEY): Buffer {
  return Buffer.from(bytes.map((byte) => byte ^ key));
}

/** A peer of node:net that has done the client's part of the handshake. */
export async function greetedPeer(port: number): Promise<NetPeer> {
  const peer = await dialPeer(port);
  await peer.send('h');
  await peer.receivedBytes(1);
  await peer.send('!');
  return peer;
}

const settings: EngineSettings = {
  ...{ workerThreadCount: 0, sharesThread: false, asyncContext: false, markSilence: true, noDelay: true },
  ...{ keepAliveTime: 60_000, keepAliveInterval: 20_000, keepAliveCount: 5, dualStack: false },
  ...{ reuseAddressPolicy: 1, socketListenQueue: 128, acceptSocketCount: 64, maxConnections: 0 },
  ...{ socketBufferSize: 65_536, cachedBuffers: 64, cachedConnections: 256 },
  ...{ sendPolicy: 0, highWaterMarkBytes: 1 << 20, lowWaterMarkBytes: 1 << 18, maxPendingBytes: 1 << 26 },
  ...{ pauseReadsWhenCongested: false, idleTimeoutMs: 0, idleMeasure: 0, maxLifetimeMs: 0 },
  ...{ maxDatagramSize: 0, postReceiveCount: 1, detectAttempts: 0, detectInterval: 0, closeNotify: false },
  ...{ isCast: false, broadcast: false, recvBufferSize: 0, sendBufferSize: 0 },
};

export interface FilteredHooks {
  readonly onAccept?: (component: Filtered, id: number) => void;
  readonly onReceive?: (component: Filtered, id: number) => void;
  readonly onHandshake?: (component: Filtered, id: number) => void;
  /** Sends are possible from the start. */
  readonly startsPlain?: boolean;
}

/** A component whose connections pass the test filter; it listens and dials. */
export class Filtered extends MultiStreamComponent {
  /** Its events; what the filter told is `'filter'`, with its code as `length`. */
  readonly log: EventLog = new EventLog();

  constructor(filter: NativeStreamFilter, workerThreadCount: number, hooks: FilteredHooks = {}) {
    super({});
    this.enterStarting();
    const { log } = this;
    const note = (name: string) => (id: number) => log.add({ name, id });
    const parts: StreamFilterParts = {
      native: filter,
      startsPlain: hooks.startsPlain,
      onEvent: ({ id }, code, data) => log.add({ name: 'filter', id, length: code, data }),
    };
    const listener = {
      onAccept: (id: number) => {
        log.add({ name: 'onAccept', id });
        hooks.onAccept?.(this, id);
      },
      onConnect: note('onConnect'),
      onHandshake: (id: number) => {
        log.add({ name: 'onHandshake', id });
        hooks.onHandshake?.(this, id);
      },
      onReceive: (id: number, data: Buffer) => {
        log.add({ name: 'onReceive', id, data });
        hooks.onReceive?.(this, id);
      },
      onClose: (id: number, operation: number, errorCode: number) =>
        log.add({ name: 'onClose', id, operation, errorCode }),
    };
    this.adopt(
      new Engine({ listener, settings: { ...settings, workerThreadCount }, firstId: 1, filter: parts }),
    );
    this.enterStarted();
  }

  /** Listens on loopback; answers the port. */
  listen(): number {
    const engine = this.running();
    const { handle } = binding.openStream(engine.native, '127.0.0.1');
    for (const step of [binding.bind(handle, '127.0.0.1', 0), binding.startListening(handle, 128)]) {
      if (step.error !== ErrorCode.Ok) throw new Error(`${step.call}: ${errorName(step.error)}`);
    }
    engine.accept(handle);
    return binding.localAddress(handle)?.port ?? 0;
  }

  /** Dials a port of loopback; answers the id. */
  dial(port: number, hostName = ''): number {
    const engine = this.running();
    const connection = engine.reserve('127.0.0.1', port, undefined);
    engine.connect(connection, {
      ...{ peers: ['127.0.0.1'], port, localAddress: '', localPort: 0, timeoutMs: 0 },
      ...{ hostName, options: [] },
    });
    return connection.id;
  }

  /** Orders the handshake that a plain start has left out: sends wait for its end. */
  secure(id: number): void {
    const connection = this.running().find(id);
    if (connection !== undefined) connection.isReady = false;
    this.command(id, BEGIN_HANDSHAKE, Buffer.alloc(0));
  }

  /** Orders something from the filter of a connection. */
  command(id: number, code: number, data: Uint8Array): void {
    const connection = this.running().find(id);
    if (connection === undefined) throw new Error(`there is no connection ${id}`);
    connection.link.commands.filter(connection, code, data);
  }

  protected override beginStop(): void {
    this.running().stop(() => {
      this.enterStopped();
    });
  }

  private running(): Engine {
    if (this.engine === undefined) throw new Error('it does not run');
    return this.engine;
  }
}
