// SPDX-License-Identifier: Apache-2.0
export * from './enums.js';
export * from './errors.js';
export type {
  DatagramPeer,
  NativeConnectRequest,
  NativeStreamFilter,
  RawSocketOption,
  StepResult,
} from './binding.js';
export type { SocketAddress, SocketHandle, SocketOptionValue } from './socket-handle.js';
export { LiveSocket, PlannedSocket } from './socket-handle.js';
export type { CallbackResult, EngineListener } from './listener.js';
export type { EngineSettings } from './engine-settings.js';
export type { ModelConnection, ModelDecoder, PayloadHead, ReceiveModel } from './receive-model.js';
export type { ComponentStats } from './stats.js';
export type { StreamFilterParts } from './stream-filter.js';
export type { ConnectionCloseMessage, ConnectionOpenMessage } from './diagnostics.js';
export { Connection, ConnectionState, DialledConnection } from './connection.js';
export type { ConnectionTable } from './connection-table.js';
export { Engine, type EngineParts } from './engine.js';
export { Component } from './component.js';
export { MultiConnectionComponent } from './multi-connection.js';
export { MultiStreamComponent } from './multi-stream.js';
export { SingleConnectionComponent } from './single-connection.js';
export * from './settings.js';
export { MAX_SMALL_FILE_BYTES } from './sending.js';
export { checkHost, checkLiteral } from './roles/addresses.js';
export { checkAsyncConnect, checkListener, checkModel, checkObject, checkSignal } from './roles/arguments.js';
export {
  calledOff,
  connectFailure,
  type Dial,
  settled,
  timeLeft,
  vetoed,
  whenResolved,
} from './roles/dial.js';
export {
  type ClientStartAsyncOptions,
  type ClientStartOptions,
  DialingClient,
} from './roles/dialing-client.js';
export * from './roles/listeners.js';
export * from './roles/listening.js';
export { Backoff, type ReconnectOptions } from './roles/reconnect.js';
export * from './roles/settings.js';
export { StreamClient } from './roles/stream-client.js';
export { relay } from './adapters/relay.js';
export { toDuplex, type ToDuplexOptions } from './adapters/duplex.js';
export { iterateBytes, iterateConnections } from './adapters/iterate.js';
export { type Addon, type AddonSource, loadAddon } from './load-addon.js';
export { binding } from './load-binding.js';
export { Part, partOf } from './part.js';
export { reportLater } from './uncaught.js';
