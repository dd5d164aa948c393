// SPDX-License-Identifier: Apache-2.0
export { runChild, Tool, type ChildOptions, type ChildResult } from './child.js';
export { hasCommand, isRoot } from './commands.js';
export {
  closedDatagramPort,
  DatagramPeer,
  type DatagramPeerOptions,
  type ReceivedDatagram,
} from './datagram-peer.js';
export { deferred, type Deferred } from './deferred.js';
export { echoPeer, type EchoPeer } from './echo-peer.js';
export { endProcesses, endWorkers, type Ending } from './endings.js';
export { eventually } from './eventually.js';
export { EventLog, type LoggedEvent } from './event-log.js';
export { fuzzing, fuzzMilliseconds } from './fuzz.js';
export { collectGarbage, holdings, returnTo, type Holdings } from './holdings.js';
export { many } from './many.js';
export { modes } from './modes.js';
export {
  closedPort,
  dialPeer,
  netListener,
  NetPeer,
  type DialOptions,
  type NetListener,
  type NetListenerOptions,
} from './net-peer.js';
export { once } from './once.js';
export { Pattern } from './pattern.js';
export { cpuTimeMs, freeDescriptorCount, openDescriptors, threadCount } from './process-stats.js';
export { PublishedConnections, type PublishedMessage } from './published.js';
export { repeats } from './repeats.js';
export { silentListener, type SilentListener } from './silent-listener.js';
export { option } from './socket-options.js';
export { TemporaryDirectory } from './temporary-directory.js';
export { UncaughtErrors } from './uncaught.js';
export { Waiters } from './waiters.js';
export { within } from './within.js';
