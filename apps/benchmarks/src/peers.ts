// SPDX-License-Identifier: Apache-2.0
import { createRequire } from 'node:module';
import path from 'node:path';
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

export function peersOf({ kind }: Case): readonly Peer[] {
  return kind === 'udp' ? udpPeers : peers;
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
