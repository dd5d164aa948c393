// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import path from 'node:path';
import { certificate } from './certificate.js';
import { caseNames, type Case } from './cases.js';
import { appRoot, nativeProgram } from './paths.js';

/** A server to compare: a child process that prints `listening <port>` and echoes. */
export interface Peer {
  name: string;
  title: string;
  /** Throws where the server cannot be had on this machine. */
  command(): readonly string[];
  /** The cases it takes part in when not asked for by name; all of its transport but framed ones where absent. */
  cases?: readonly string[];
}

function nodePeer(script: string, ...args: string[]): readonly string[] {
  return [process.execPath, path.join(appRoot, 'dist/peers', script), ...args];
}

/** The paths that servers over TLS are started with. */
function certificatePaths(): readonly string[] {
  const { cert, key } = certificate();
  return [cert, key];
}

function bunBinary(): string {
  return createRequire(import.meta.url).resolve('@oven/bun-linux-x64/bin/bun');
}

const packCases = ['pack', 'pack-1k', 'pack-64k', 'pack-4m'];

export const peers: readonly Peer[] = [
  {
    name: 'limit',
    title: 'C limit',
    command: () => [nativeProgram('echo_limit')],
    cases: caseNames,
  },
  {
    name: 'limit-owned',
    title: 'C limit, 512 buffers',
    command: () => [nativeProgram('echo_limit'), '512'],
    cases: ['large'],
  },
  { name: 'ours', title: '@hp/tcp', command: () => nodePeer('hp-tcp.js') },
  {
    name: 'ours-borrowed',
    title: '@hp/tcp, borrowed',
    command: () => nodePeer('hp-tcp-borrowed.js'),
    cases: ['echo-50', 'burst', 'large'],
  },
  {
    name: 'ours-threaded',
    title: '@hp/tcp, 1 I/O thread',
    command: () => nodePeer('hp-tcp.js', '1'),
    cases: ['echo-50', 'burst', 'large'],
  },
  {
    name: 'ours-duplex',
    title: '@hp/tcp, toDuplex',
    command: () => nodePeer('hp-tcp-duplex.js'),
    cases: [],
  },
  {
    name: 'ours-iterate',
    title: '@hp/tcp, for await',
    command: () => nodePeer('hp-tcp-iterate.js'),
    cases: [],
  },
  {
    name: 'ours-pack',
    title: '@hp/pack',
    command: () => nodePeer('hp-pack.js'),
    cases: packCases,
  },
  {
    name: 'ours-pack-borrowed',
    title: '@hp/pack, borrowed',
    command: () => nodePeer('hp-pack-borrowed.js'),
    cases: packCases,
  },
  {
    name: 'ours-pull',
    title: '@hp/pull',
    command: () => nodePeer('hp-pull.js'),
    cases: ['pull'],
  },
  {
    name: 'node-pack',
    title: 'framing on node:net',
    command: () => nodePeer('node-pack.js'),
    cases: [...packCases, 'pull'],
  },
  { name: 'bun', title: 'Bun', command: () => [bunBinary(), path.join(appRoot, 'dist/peers/bun.js')] },
  { name: 'node', title: 'node:net', command: () => nodePeer('node-net.js') },
];

/** The servers of the cases over UDP. Each has the name of its counterpart over TCP. */
export const udpPeers: readonly Peer[] = [
  { name: 'limit', title: 'C limit', command: () => [nativeProgram('datagram_limit')] },
  {
    name: 'limit-segmented',
    title: 'C limit, UDP_SEGMENT',
    command: () => [nativeProgram('datagram_limit'), 'segmented'],
    cases: ['udp-64', 'udp-1200'],
  },
  { name: 'ours', title: '@hp/udp', command: () => nodePeer('hp-udp.js') },
  {
    name: 'ours-borrowed',
    title: '@hp/udp, borrowed',
    command: () => nodePeer('hp-udp-borrowed.js'),
    cases: ['udp-64', 'udp-1200'],
  },
  {
    name: 'ours-threaded',
    title: '@hp/udp, 1 I/O thread',
    command: () => nodePeer('hp-udp.js', '1'),
    cases: ['udp-64'],
  },
  {
    name: 'bun',
    title: 'Bun.udpSocket',
    command: () => [bunBinary(), path.join(appRoot, 'dist/peers/bun-udp.js')],
  },
  { name: 'node', title: 'node:dgram', command: () => nodePeer('node-dgram.js') },
];

/** The servers of the cases over TLS. Each has the name of its counterpart over TCP; a limit there is not. */
export const tlsPeers: readonly Peer[] = [
  { name: 'ours', title: '@hp/ssl', command: () => nodePeer('hp-ssl.js', ...certificatePaths()) },
  {
    name: 'ours-borrowed',
    title: '@hp/ssl, borrowed',
    command: () => nodePeer('hp-ssl-borrowed.js', ...certificatePaths()),
    cases: ['tls-64', 'tls-16k'],
  },
  {
    name: 'ours-threaded',
    title: '@hp/ssl, 1 I/O thread',
    command: () => nodePeer('hp-ssl.js', ...certificatePaths(), '1'),
  },
  {
    name: 'bun',
    title: 'Bun, TLS',
    command: () => [bunBinary(), path.join(appRoot, 'dist/peers/bun-tls.js'), ...certificatePaths()],
  },
  { name: 'node', title: 'node:tls', command: () => nodePeer('node-tls.js', ...certificatePaths()) },
];

export const allPeers: readonly Peer[] = [...peers, ...tlsPeers, ...udpPeers];

export function peersOf({ kind }: Case): readonly Peer[] {
  if (kind === 'tls') return tlsPeers;
  return kind === 'udp' ? udpPeers : peers;
}

/** The server that the others of a case are compared with. */
export function baselineOf(load: Case): Peer {
  const name = load.kind === 'tls' ? 'node' : 'limit';
  const baseline = peersOf(load).find((peer) => peer.name === name);
  if (baseline === undefined) throw new Error(`no server ${name} for ${load.name}`);
  return baseline;
}

/** The servers of the case "JavaScript blocked for 500 ms". */
export const blockingPeers: readonly Peer[] = [
  { name: 'ours', title: '@hp/tcp', command: () => nodePeer('hp-tcp-blocking.js') },
  {
    name: 'ours-threaded',
    title: '@hp/tcp, 1 I/O thread',
    command: () => nodePeer('hp-tcp-blocking.js', '1'),
  },
  { name: 'node', title: 'node:net', command: () => nodePeer('node-net-blocking.js') },
];

/** The servers whose JavaScript stands still now and then while clients shake hands with them. */
export const tlsBlockingPeers: readonly Peer[] = [
  {
    name: 'ours-threaded',
    title: '@hp/ssl, 1 I/O thread',
    command: () => nodePeer('hp-ssl-blocking.js', ...certificatePaths(), '1'),
  },
  { name: 'node', title: 'node:tls', command: () => nodePeer('node-tls-blocking.js', ...certificatePaths()) },
];
