// SPDX-License-Identifier: Apache-2.0
import type { EngineSettings } from '../engine-settings.js';
import { CastMode, ReuseAddressPolicy, SendPolicy } from '../enums.js';
import { either, flag, oneOf, wholeNumber, type SettingRule, type SettingStore } from '../settings.js';

/**
 * Settings that components have whatever the transport, as constructor options and as properties. They
 * can be changed while the component is stopped, and are checked when set: a wrong one throws an
 * HpSocketError. Where no upper limit is named, it is 2,147,483,647.
 */
export interface TransportSettings {
  /** Which sockets may share an address; the default is the role's. HP-Socket: `ReuseAddressPolicy`. */
  reuseAddressPolicy: ReuseAddressPolicy;
  /** Unsent bytes of a connection, as `getPendingDataLength` counts them, beyond which `send` is refused, from 1. Default 67,108,864 (64 MiB). */
  maxPendingBytes: number;
  /** Unsent bytes of a connection above which it counts as congested, from 1. Default 1,048,576 (1 MiB). */
  highWaterMarkBytes: number;
  /**
   * Unsent bytes of a congested connection at which `onDrain` follows, from 0; above
   * `highWaterMarkBytes` it counts as equal to that. Default 262,144 (256 KiB).
   */
  lowWaterMarkBytes: number;
  /** Milliseconds of idleness after which a connection is closed with (Close, `TimedOut`), from 0. Default 0: never. */
  idleTimeoutMs: number;
  /** What ends idleness: `'receive'` (default), `'send'` or `'both'`. */
  idleTimeoutOn: 'receive' | 'send' | 'both';
  /** Milliseconds of age at which a connection is closed with (Close, `TimedOut`), from 0. Default 0: never. */
  maxLifetimeMs: number;
  /**
   * `'owned'` (default): `onReceive` gets a Buffer that is the application's for good. `'borrowed'`: it
   * gets `(…, buffer, offset, length)`, valid during the callback only.
   */
  receiveBuffer: 'owned' | 'borrowed';
  /**
   * Threads that do the input and output, 0 to 512; 0 does it inside Node's loop, which Windows cannot:
   * there it is refused. Threaded clients share one thread, whatever the number. Default `'auto'`: 0 on Linux, 1 on Windows. HP-Socket: `WorkerThreadCount` (there twice the processors and two).
   */
  workerThreadCount: number | 'auto';
  /** Whether each connection's callbacks run in an async context of its own (`AsyncLocalStorage`). Default `false`. */
  asyncContext: boolean;
}

/** Settings of components with many connections, whatever the transport. */
export interface MultiTransportSettings extends TransportSettings {
  /** How sends reach the system. Default `Pack`. HP-Socket: `SendPolicy`. */
  sendPolicy: SendPolicy;
  /** Whether the silence functions work. Default `true`. HP-Socket: `MarkSilence`. */
  markSilence: boolean;
  /** Connections at most, 0 to 5,000,000. Default 0: no limit. HP-Socket: `MaxConnectionCount` (there 10,000). */
  maxConnections: number;
  /** Milliseconds, from 1,000. Kept for compatibility, without effect. Default 20,000. HP-Socket: `FreeSocketObjLockTime`. */
  freeSocketObjLockTime: number;
  /** A number, from 0. Kept for compatibility, without effect: nothing is made in advance. Default 600. HP-Socket: `FreeSocketObjPool`. */
  freeSocketObjPool: number;
  /**
   * Places of closed connections that each reactor keeps for reuse, about, from 0; memory beyond is given
   * back. Default 600. HP-Socket: `FreeSocketObjHold`.
   */
  freeSocketObjHold: number;
  /** A number, from 0. Kept for compatibility, without effect: nothing is made in advance. Default 1,024. HP-Socket: `FreeBufferObjPool`. */
  freeBufferObjPool: number;
  /** Send buffers that each reactor keeps for reuse, from 0; memory beyond is given back. Default 1,024. HP-Socket: `FreeBufferObjHold`. */
  freeBufferObjHold: number;
}

/** Settings of servers, whatever the transport. */
export interface ServerTransportSettings extends MultiTransportSettings {
  /** Whether a server on an IPv6 address takes IPv4 too; set before the address is bound. Default `false`. */
  dualStack: boolean;
}

/** Settings of clients, whatever the transport. */
export interface ClientTransportSettings extends TransportSettings {
  /** Milliseconds a connect may take, from 0. Default 0: as long as the system tries. HP-Socket: `SyncConnectTimeout`. */
  connectTimeoutMs: number;
  /** A number, from 0. Kept for compatibility, without effect: nothing is made in advance. Default 60. HP-Socket: `FreeBufferPoolSize`. */
  freeBufferPoolSize: number;
  /** Send buffers that its reactor keeps for reuse, from 0; memory beyond is given back. Default 60. HP-Socket: `FreeBufferPoolHold`. */
  freeBufferPoolHold: number;
}

const MAX = 2_147_483_647;
const count = (initial: number) => wholeNumber(initial, 0, MAX);
const milliseconds = () => wholeNumber(0, 0, MAX);

const isWindows = process.platform === 'win32';
const threadCount: SettingRule = isWindows
  ? {
      ...wholeNumber(1, 1, 512),
      range: "a whole number from 1 to 512 (Windows has no reactor in Node's loop)",
    }
  : wholeNumber(0, 0, 512);

/**
 * What each of the `TransportSettings` may be.
 * @param reuse - the default of `reuseAddressPolicy`.
 */
export function transportRules(reuse: ReuseAddressPolicy): Record<keyof TransportSettings, SettingRule> {
  return {
    reuseAddressPolicy: oneOf(
      reuse,
      ReuseAddressPolicy.None,
      ReuseAddressPolicy.AddressOnly,
      ReuseAddressPolicy.AddressAndPort,
    ),
    maxPendingBytes: wholeNumber(64 * 1024 * 1024, 1, MAX),
    highWaterMarkBytes: wholeNumber(1024 * 1024, 1, MAX),
    lowWaterMarkBytes: wholeNumber(256 * 1024, 0, MAX),
    idleTimeoutMs: milliseconds(),
    idleTimeoutOn: oneOf('receive', 'receive', 'send', 'both'),
    maxLifetimeMs: milliseconds(),
    receiveBuffer: oneOf('owned', 'owned', 'borrowed'),
    workerThreadCount: either(oneOf('auto', 'auto'), threadCount),
    asyncContext: flag(false),
  };
}

/** What each of the `MultiTransportSettings` may be; `reuse` as for `transportRules`. */
export function multiTransportRules(
  reuse: ReuseAddressPolicy,
): Record<keyof MultiTransportSettings, SettingRule> {
  return {
    ...transportRules(reuse),
    sendPolicy: oneOf(SendPolicy.Pack, SendPolicy.Pack, SendPolicy.Safe, SendPolicy.Direct),
    markSilence: flag(true),
    maxConnections: wholeNumber(0, 0, 5_000_000),
    freeSocketObjLockTime: wholeNumber(20_000, 1000, MAX),
    freeSocketObjPool: count(600),
    freeSocketObjHold: count(600),
    freeBufferObjPool: count(1024),
    freeBufferObjHold: count(1024),
  };
}

/** What each of the `ServerTransportSettings` may be; `reuse` as for `transportRules`. */
export function serverTransportRules(
  reuse: ReuseAddressPolicy,
): Record<keyof ServerTransportSettings, SettingRule> {
  return { ...multiTransportRules(reuse), dualStack: flag(false) };
}

/** What each of the `ClientTransportSettings` may be; `reuse` as for `transportRules`. */
export function clientTransportRules(
  reuse: ReuseAddressPolicy,
): Record<keyof ClientTransportSettings, SettingRule> {
  return {
    ...transportRules(reuse),
    connectTimeoutMs: milliseconds(),
    freeBufferPoolSize: count(60),
    freeBufferPoolHold: count(60),
  };
}

const IDLE_MEASURES = ['receive', 'send', 'both'];

/**
 * The engine's settings from those of a component; what a role has not got gets its neutral value.
 * @param sharesThread - whether its thread is that of all components that say so, as clients do.
 */
export function toEngineSettings(store: SettingStore, sharesThread = false): EngineSettings {
  const number = (name: string, otherwise = 0) => (store.get(name) as number | undefined) ?? otherwise;
  const boolean = (name: string, otherwise = false) => (store.get(name) as boolean | undefined) ?? otherwise;
  const threads = store.get('workerThreadCount');
  return {
    keepAliveTime: number('keepAliveTime'),
    keepAliveInterval: number('keepAliveInterval'),
    keepAliveCount: number('keepAliveCount'),
    noDelay: boolean('noDelay'),
    dualStack: boolean('dualStack'),
    reuseAddressPolicy: number('reuseAddressPolicy'),
    socketBufferSize: number('socketBufferSize'),
    highWaterMarkBytes: number('highWaterMarkBytes'),
    lowWaterMarkBytes: Math.min(number('lowWaterMarkBytes'), number('highWaterMarkBytes')),
    acceptSocketCount: number('acceptSocketCount', 1),
    maxDatagramSize: number('maxDatagramSize'),
    postReceiveCount: number('postReceiveCount', 1),
    detectAttempts: number('detectAttempts'),
    detectInterval: number('detectInterval'),
    closeNotify: boolean('closeNotify'),
    isCast: store.get('castMode') !== undefined,
    broadcast: store.get('castMode') === CastMode.Broadcast,
    recvBufferSize: number('recvBufferSize'),
    sendBufferSize: number('sendBufferSize'),
    maxConnections: number('maxConnections'),
    idleTimeoutMs: number('idleTimeoutMs'),
    maxLifetimeMs: number('maxLifetimeMs'),
    idleMeasure: IDLE_MEASURES.indexOf(store.get('idleTimeoutOn') as string),
    sendPolicy: number('sendPolicy'),
    pauseReadsWhenCongested: boolean('pauseReadsWhenCongested'),
    workerThreadCount: threads === 'auto' ? Number(isWindows) : Number(threads),
    sharesThread,
    cachedBuffers: number('freeBufferObjHold', number('freeBufferPoolHold')),
    cachedConnections: number('freeSocketObjHold', 1),
    maxPendingBytes: number('maxPendingBytes'),
    socketListenQueue: number('socketListenQueue', 1),
    asyncContext: boolean('asyncContext'),
    markSilence: boolean('markSilence', true),
  };
}
