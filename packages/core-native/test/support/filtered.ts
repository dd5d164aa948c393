// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import path from 'node:path';
import { EventLog } from '@hp/testkit';
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
  /** A filter that changes each byte by a key; `ahead`: of a version later by so much, or no filter at all. */
  createFilter(key: number, ahead?: number): NativeStreamFilter;
  /** How many filters are open, and how many contexts exist. */
  counts(): [filters: number, contexts: number];
}

const addons = path.dirname(
  process.env['HP_NATIVE_PATH'] ?? path.join(import.meta.dirname, '../../build/release/hp_core.node'),
);
export const testFilter: TestFilterAddon = createRequire(import.meta.url)(
  path.join(addons, 'hp_test_filter.node'),
) as TestFilterAddon;
/** For `createFilter`: what is not a filter at all. */
export const STRANGE = 0xffff_ffff;

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
      onEvent: ({ id }, code, data) => log.add({ name: 'filter', id, length: code, data }),
    };
    const listener = {
      onAccept: (id: number) => {
        log.add({ name: 'onAccept', id });
        hooks.onAccept?.(this, id);
      },
      onConnect: note('onConnect'),
      onHandshake: note('onHandshake'),
      onReceive: (id: number, data: Buffer) => log.add({ name: 'onReceive', id, data }),
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
