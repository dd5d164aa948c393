// SPDX-License-Identifier: Apache-2.0

import type { ErrorCode } from './errors.js';

/** The outcome of one step on a socket. */
export interface StepResult {
  /** Why it failed; 0 where it did not. */
  readonly error: ErrorCode;
  /** The system call that failed. */
  readonly call: string;
}

/** An address as the native core gives it. */
export interface NativeAddress {
  readonly address: string;
  readonly port: number;
}

/** A socket option in the system's own numbers. */
export interface RawSocketOption {
  /** The protocol level, such as `SOL_SOCKET`. */
  readonly level: number;
  /** The option within that level. */
  readonly name: number;
  /** The value as the system stores it, in the byte order of the machine. */
  readonly value: Uint8Array;
}

/**
 * The settings that the native core knows. They must be complete and valid: native code does not
 * check them again. Times are in milliseconds, sizes in bytes.
 */
export interface NativeSettings {
  /** Idle time before the first keep-alive probe; 0: no keep-alive. */
  readonly keepAliveTime: number;
  /** Time between unanswered probes; 0: no keep-alive. */
  readonly keepAliveInterval: number;
  /** Unanswered probes after which a connection is dead, from 1. */
  readonly keepAliveCount: number;
  /** Whether small sends leave without waiting for others (`TCP_NODELAY`). */
  readonly noDelay: boolean;
  /** Whether a listener on an IPv6 address takes IPv4 too. */
  readonly dualStack: boolean;
  /** A `ReuseAddressPolicy`. */
  readonly reuseAddressPolicy: number;
  /** Largest receive, 8 to 65,536; with `SendPolicy.Safe` also the bytes kept unsent in the kernel. */
  readonly socketBufferSize: number;
  /** Queued bytes above which a connection is congested. */
  readonly highWaterMarkBytes: number;
  /** Queued bytes at which congestion ends; at most `highWaterMarkBytes`. */
  readonly lowWaterMarkBytes: number;
  /** Accepts posted at a time, from 1. */
  readonly acceptSocketCount: number;
  /** Accepted connections at most; 0: no limit. */
  readonly maxConnections: number;
  /** Time without activity after which a connection is closed; 0: never. */
  readonly idleTimeoutMs: number;
  /** Age at which a connection is closed; 0: never. */
  readonly maxLifetimeMs: number;
  /** What counts as activity: 0 receiving, 1 sending, 2 both. */
  readonly idleMeasure: number;
  /** A `SendPolicy`. */
  readonly sendPolicy: number;
  /** Whether a congested connection is not read from. */
  readonly pauseReadsWhenCongested: boolean;
  /** Whether reading starts without waiting for `onAccept` or `onConnect`; the engine sets it. */
  readonly opensByItself: boolean;
  /** Whether `onSend` is told; the engine sets it. */
  readonly tellsSends: boolean;
  /** Whether `onReject` is told; the engine sets it. */
  readonly tellsRejects: boolean;
  /** Whether received bytes are lent for the callback only. */
  readonly borrowedReceive: boolean;
  /** Largest datagram, 1 to 65,507; 0: connections are streams. */
  readonly maxDatagramSize: number;
  /** Datagrams asked of the system at a time, from 1. */
  readonly postReceiveCount: number;
  /** Silent intervals that the peer of a datagram connection may let pass; 0: any number. */
  readonly detectAttempts: number;
  /** Such an interval; 0: the peer may be silent for ever. */
  readonly detectInterval: number;
  /** Whether ends of datagram connections are told to the peer, and believed. */
  readonly closeNotify: boolean;
  /** Whether datagrams may go to broadcast addresses. */
  readonly broadcast: boolean;
  /** Bytes of the system's receive buffer of a datagram socket; 0: its default. */
  readonly recvBufferSize: number;
  /** Bytes of the system's send buffer of a datagram socket; 0: its default. */
  readonly sendBufferSize: number;
}

/** A component of the native core. */
export interface NativeComponent {
  /** Phantom: makes the type unlike any other. */
  readonly brand: unique symbol;
}

/** A stream filter of another addon: an external that points to an `HpStreamFilter`. */
export interface NativeStreamFilter {
  /** Phantom: makes the type unlike any other. */
  readonly brand: unique symbol;
}

/** What to dial. */
export interface NativeConnectRequest {
  /** IP address literals, tried in this order until one answers. */
  readonly peers: readonly string[];
  /** The port, 0 to 65,535. */
  readonly port: number;
  /** The address to connect from; empty: chosen by the system. */
  readonly localAddress: string;
  /** The port to connect from; 0: chosen by the system. Only with `localAddress`. */
  readonly localPort: number;
  /** Milliseconds for all addresses together; 0: no limit. A blocking connect has it for each address, and 0 is at once. */
  readonly timeoutMs: number;
  /** What was dialled, for a stream filter that asks (TLS server names). */
  readonly hostName: string;
  /** Options for every socket tried, set before it is bound. */
  readonly options: readonly RawSocketOption[];
}

/** How a datagram socket takes part in a multicast group. */
export interface NativeMembership {
  /** The group, an IP address literal. */
  readonly group: string;
  /** An address of the interface to join on; empty: the system's choice. */
  readonly interface: string;
  /** Routers that what is sent may pass, and one: 0 to 255. */
  readonly ttl: number;
  /** Whether this host sees what is sent from here. */
  readonly loop: boolean;
}

/** Where the datagrams of a connection go. */
export interface DatagramPeer {
  /** An IP address literal. */
  readonly address: string;
  /** The port, 0 to 65,535. */
  readonly port: number;
  /** Whether it is a group or a broadcast address; else the socket is connected to it. */
  readonly isCast: boolean;
}

/** Memory that JavaScript owns and the native core reads and writes. */
export interface LinkMemory {
  readonly control: Uint32Array;
  readonly records: Uint32Array;
  readonly commands: Uint8Array;
}

/** The functions of one link; ids travel as two 32-bit halves. */
export interface NativeLink {
  flush(): void;
  sendNow(
    slot: number,
    idLow: number,
    idHigh: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
  ): void;
  pendingBytes(slot: number, idLow: number, idHigh: number, sent: number): number;
  setBlock(index: number, bytes: Uint8Array): void;
  remoteAddress(slot: number, idLow: number, idHigh: number): NativeAddress | undefined;
  descriptor(slot: number, idLow: number, idHigh: number): number;
  connectPeriod(slot: number, idLow: number, idHigh: number): number;
  silencePeriod(slot: number, idLow: number, idHigh: number): number;
  setCacheLimits(chunks: number, connections: number): void;
  ref(): void;
  unref(): void;
  close(): void;
}

/**
 * What the addon exports. Roles need the calls that set up sockets; the engine makes all others.
 * Nothing here checks its arguments.
 */
export interface NativeBinding {
  readonly boundaryVersion: number;
  /** Makes a reactor: on a thread of its own, or inline with `thread` -1. `undefined`: no descriptors or threads left. */
  createLink(
    target: object,
    deliver: (count: number) => void,
    memory: LinkMemory,
    thread: number,
  ): NativeLink | undefined;
  /** What the reactors of one component share. Throws a TypeError for a filter of another ABI version. */
  createComponent(
    index: number,
    settings: NativeSettings,
    reactors: number,
    firstId: number,
    filter: NativeStreamFilter | undefined,
  ): NativeComponent;
  /** Takes the next connection id. */
  takeId(component: NativeComponent): number;
  /** The id the next connection gets. */
  nextId(component: NativeComponent): number;
  /** Makes a socket of the address's family, with the component's options, not yet bound. */
  openStream(component: NativeComponent, address: string): StepResult & { readonly handle: number };
  /** Binds a socket to a literal and a port. */
  bind(handle: number, address: string, port: number): StepResult;
  /** Lets a bound socket listen. */
  startListening(handle: number, backlog: number): StepResult;
  /** Closes a socket that no reactor serves; those that are left the component closes. */
  closeSocket(component: NativeComponent, handle: number): void;
  /** Serves a listening socket, unless it answers an error: the first link accepts, the least loaded serves. */
  accept(component: NativeComponent, handle: number, links: readonly NativeLink[]): ErrorCode;
  /** Closes the component's listeners; every link then tells `Stopped`. */
  stopAccepting(component: NativeComponent, links: readonly NativeLink[]): void;
  /** Dials; the outcome is an event. */
  connect(component: NativeComponent, link: NativeLink, id: number, request: NativeConnectRequest): void;
  /** Calls off a connect that is under way. */
  cancel(component: NativeComponent, link: NativeLink, id: number): void;
  /** Dials and waits; `handle` is the connected socket. */
  connectBlocking(
    component: NativeComponent,
    request: NativeConnectRequest,
  ): StepResult & { readonly handle: number };
  /** Asks the system's resolver, and waits. */
  resolve(host: string): StepResult & { readonly addresses: readonly string[] };
  /** Serves a socket that is connected; returns its slot. */
  adopt(component: NativeComponent, link: NativeLink, id: number, handle: number, hostName: string): number;
  /** Makes a datagram socket of the address's family, with the component's options and these, not yet bound. */
  openDatagram(
    component: NativeComponent,
    address: string,
    options: readonly RawSocketOption[],
  ): StepResult & { readonly handle: number };
  /** Makes a datagram socket that of one peer. */
  connectDatagram(handle: number, address: string, port: number): StepResult;
  /** Joins a multicast group. */
  joinGroup(handle: number, membership: NativeMembership): StepResult;
  /** Sends broadcasts through the interface that has this address; empty: the system's choice. */
  sendThrough(handle: number, interfaceAddress: string): StepResult;
  /** Lets a datagram socket share its port with others that say so before they are bound. */
  sharePort(handle: number): StepResult;
  /** Drops what has arrived at a socket that shares its port before the others were bound. */
  discardArrived(handle: number): void;
  /** Datagrams that found no room in a socket; 0 where the system does not count them. */
  lostDatagrams(handle: number): number;
  /** Serves a bound datagram socket of a server, unless it answers an error. */
  serveDatagrams(component: NativeComponent, link: NativeLink, handle: number): ErrorCode;
  /** Serves a datagram socket with one connection; returns its slot. `tells`: the connect is an event. */
  adoptDatagrams(
    component: NativeComponent,
    link: NativeLink,
    id: number,
    handle: number,
    peer: DatagramPeer & { readonly tells: boolean },
  ): number;
  /** Reads the `SENDER_BYTES` that follow the bytes of a `ReceiveFrom`. */
  readSender(bytes: Uint8Array, offset: number): NativeAddress | undefined;
  /** Fills `values` with the counters, in the order of `STAT_NAMES`. */
  stats(component: NativeComponent, links: readonly NativeLink[], values: Float64Array): void;
  /** The own address of a socket. */
  localAddress(handle: number): NativeAddress | undefined;
  /** The peer's address of a socket. */
  peerAddress(handle: number): NativeAddress | undefined;
  /** Sets a socket option; answers an ErrorCode. */
  setOption(handle: number, option: RawSocketOption): ErrorCode;
  /** Reads a socket option into `option.value`; answers how many bytes, or minus an ErrorCode. */
  getOption(handle: number, option: RawSocketOption): number;
  /** Calls `ioctl` with a 32-bit argument. */
  control(handle: number, request: number, argument: number): { error: ErrorCode; argument: number };
  /** The operating system's own number for an ErrorCode it has reported. */
  systemNumber(error: ErrorCode): number;
  /** Whether `value` is an IPv4 or IPv6 literal; 0: neither. */
  isAddress(value: unknown): 0 | 4 | 6;
}
