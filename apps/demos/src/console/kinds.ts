// SPDX-License-Identifier: Apache-2.0
// The components that can be started, and their options: the page makes its forms of this, the server its checks.

/** The options of all kinds, under the names that the components have for them where they have one. */
export interface ComponentOptions {
  readonly address: string;
  readonly port: number;
  readonly connections: number;
  readonly model: 'push' | 'pull' | 'pack';
  readonly echo: boolean;
  readonly headerFlag: number;
  readonly maxPackSize: number;
  readonly verify: boolean;
  readonly serverName: string;
  readonly castMode: 'multicast' | 'broadcast';
  readonly localAddress: string;
  readonly multiCastTtl: number;
  readonly multiCastLoop: boolean;
  readonly maxDatagramSize: number;
  readonly detectAttempts: number;
  readonly detectInterval: number;
  /** `auto`, or a number in digits. */
  readonly workerThreadCount: string;
  readonly maxConnections: number;
  readonly idleTimeoutMs: number;
  readonly sendPolicy: 'pack' | 'safe' | 'direct';
}

export type OptionName = keyof ComponentOptions;

/** How an option is asked for. What numbers may be is for the component to say, unless there is a limit of ours. */
export interface Field<T> {
  readonly label: string;
  readonly hint?: string;
  readonly initial: T;
  /** What text may be. */
  readonly choices?: readonly T[];
  /** The largest number that the console takes. */
  readonly max?: number;
}

/** Every option; what it is when a kind says nothing else. */
export const fields: { readonly [Name in OptionName]: Field<ComponentOptions[Name]> } = {
  address: { label: 'Address', initial: '127.0.0.1' },
  port: { label: 'Port', hint: 'servers: 0 takes any', initial: 5555 },
  connections: { label: 'Connections', hint: 'made at once', initial: 20, max: 1000 },
  model: { label: 'Receive model', initial: 'push', choices: ['push', 'pull', 'pack'] },
  echo: { label: 'Echo', hint: 'send it all back', initial: true },
  headerFlag: { label: 'Pack flag', hint: '0: any', initial: 0 },
  maxPackSize: { label: 'Longest pack', hint: 'bytes', initial: 262_144 },
  verify: { label: 'Verify the peer', hint: 'against the authority of the demos', initial: true },
  serverName: { label: 'Server name', hint: 'empty: the address', initial: '' },
  castMode: { label: 'Cast mode', initial: 'multicast', choices: ['multicast', 'broadcast'] },
  localAddress: { label: 'Own address', hint: 'chooses the network', initial: '127.0.0.1' },
  multiCastTtl: { label: 'Hops', hint: '0: none but this host', initial: 1 },
  multiCastLoop: { label: 'Loop', hint: 'hear it on this host', initial: true },
  maxDatagramSize: { label: 'Longest datagram', hint: 'bytes, same at both ends', initial: 1432 },
  detectAttempts: { label: 'Detect attempts', hint: '0: never', initial: 3 },
  detectInterval: { label: 'Detect interval', hint: 'ms', initial: 60_000 },
  workerThreadCount: { label: 'Worker threads', hint: 'auto, or 0: in the loop of Node', initial: 'auto' },
  maxConnections: { label: 'Connections at most', hint: '0: no limit', initial: 10_000 },
  idleTimeoutMs: { label: 'Idle timeout', hint: 'ms, 0: never', initial: 0 },
  sendPolicy: { label: 'Send policy', initial: 'pack', choices: ['pack', 'safe', 'direct'] },
};

export type KindName =
  | 'TcpServer'
  | 'TcpAgent'
  | 'TcpClient'
  | 'SslServer'
  | 'SslAgent'
  | 'SslClient'
  | 'UdpServer'
  | 'UdpClient'
  | 'UdpCast';

/** One kind of component. */
export interface Kind {
  /** Who hears whom: those of one transport. */
  readonly transport: 'tcp' | 'ssl' | 'udp' | 'cast';
  readonly role: 'server' | 'agent' | 'client';
  /** The options that are asked for first. */
  readonly options: readonly OptionName[];
  /** Those that seldom need a change. */
  readonly more: readonly OptionName[];
  readonly initial?: Partial<ComponentOptions>;
}

const model = ['model', 'headerFlag', 'maxPackSize'] as const;
const many = ['workerThreadCount', 'sendPolicy', 'maxConnections', 'idleTimeoutMs'] as const;
const one = ['workerThreadCount', 'idleTimeoutMs'] as const;
const detect = ['detectAttempts', 'detectInterval'] as const;

/** Servers take any port, and say which. */
const listening: Partial<ComponentOptions> = { port: 0 };

/** Every kind. */
export const kinds: Readonly<Record<KindName, Kind>> = {
  TcpServer: {
    transport: 'tcp',
    role: 'server',
    options: ['address', 'port', ...model, 'echo'],
    more: many,
    initial: listening,
  },
  TcpAgent: {
    transport: 'tcp',
    role: 'agent',
    options: ['address', 'port', 'connections', ...model],
    more: many,
  },
  TcpClient: { transport: 'tcp', role: 'client', options: ['address', 'port', ...model], more: one },
  SslServer: {
    transport: 'ssl',
    role: 'server',
    options: ['address', 'port', ...model, 'echo'],
    more: ['verify', ...many],
    initial: listening,
  },
  SslAgent: {
    transport: 'ssl',
    role: 'agent',
    options: ['address', 'port', 'connections', ...model],
    more: ['verify', 'serverName', ...many],
  },
  SslClient: {
    transport: 'ssl',
    role: 'client',
    options: ['address', 'port', ...model],
    more: ['verify', 'serverName', ...one],
  },
  UdpServer: {
    transport: 'udp',
    role: 'server',
    options: ['address', 'port', 'echo'],
    more: ['maxDatagramSize', ...detect, ...many],
    initial: listening,
  },
  UdpClient: {
    transport: 'udp',
    role: 'client',
    options: ['address', 'port'],
    more: ['maxDatagramSize', ...detect, ...one],
  },
  UdpCast: {
    transport: 'cast',
    role: 'client',
    options: ['address', 'port', 'castMode', 'localAddress'],
    more: ['multiCastTtl', 'multiCastLoop', 'maxDatagramSize', ...one],
    initial: { address: '233.0.0.1' },
  },
};

export const kindNames: readonly KindName[] = Object.keys(kinds) as KindName[];

/** The options of a kind as its form begins. */
export function initialOptions(kind: KindName): ComponentOptions {
  const initial = Object.entries(fields).map(([name, field]) => [name, field.initial] as const);
  return { ...(Object.fromEntries(initial) as unknown as ComponentOptions), ...kinds[kind].initial };
}

/** Whether an option matters: those of packs do where there are some. */
export function isMeaningful(name: OptionName, options: ComponentOptions): boolean {
  return options.model === 'pack' || (name !== 'headerFlag' && name !== 'maxPackSize');
}

/** The class that HP-Socket has for a kind with a receive model: `TcpPackServer`. */
export function className(kind: KindName, options: ComponentOptions): string {
  const infix = { push: '', pull: 'Pull', pack: 'Pack' }[options.model];
  return kind.slice(0, 3) + infix + kind.slice(3);
}

/** Whether it can be given a load: it dials, and whom it dials may echo. */
export function canLoad(kind: KindName): boolean {
  return kinds[kind].role !== 'server' && kinds[kind].transport !== 'cast';
}
