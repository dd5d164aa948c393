// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { blockedMs, blockRequest, queuedBytes } from './block.js';
import type { Peer } from './peers.js';
import { openSockets, startServer, type Server } from './server.js';

/** How far the server got while its JavaScript stood still, and how far it could have got. */
export interface BlockedSample extends Observation {
  peer: string;
  title: string;
}

interface Observation {
  accepted: Progress;
  receivedBytes: Progress;
  sentBytes: Progress;
}

export interface Progress {
  done: number;
  of: number;
}

const newConnections = 50;
const senders = 16;
// Few enough that the kernel takes them all even when the server reads none.
const bytesPerSender = 32 * 1024;
// Reading the kernel's table of sockets can take as long again.
const observeAfterMs = 200;
const deadlineMs = 20_000;

/**
 * Asks the server to queue a large send and then to block its event loop. While it does, new clients
 * connect and known ones send. Afterwards everything must still arrive.
 */
export async function measureBlocked(peer: Peer): Promise<BlockedSample> {
  await using server = await startServer(peer);
  const clients: Socket[] = [];
  try {
    return { peer: peer.name, title: peer.title, ...(await observe(server, clients)) };
  } finally {
    for (const client of clients) client.destroy();
  }
}

async function observe(server: Server, clients: Socket[]): Promise<Observation> {
  const open = async (): Promise<Socket> => {
    const client = connect({ port: server.port, host: '127.0.0.1', noDelay: true });
    clients.push(client.resume());
    // Whoever waits for it is told; one that nobody waits for must not end the process.
    client.on('error', () => {});
    await once(client, 'connect');
    return client;
  };
  const receiver = await open();
  const known = await Promise.all(Array.from({ length: senders }, open));
  await Promise.all([receiver, ...known].map((client) => exchange(client, 1)));
  const socketsBefore = openSockets(server.pid);
  const receivedBefore = receiver.bytesRead;

  receiver.write(blockRequest);
  await arrival(receiver, receivedBefore + 1);
  const blockedSince = performance.now();
  const fresh = Promise.all(Array.from({ length: newConnections }, open));
  const echoes = known.map((client) => exchange(client, bytesPerSender));
  const offered = senders * bytesPerSender;
  const look = async (): Promise<Observation> => {
    await delay(observeAfterMs);
    const seen = {
      sentBytes: { done: receiver.bytesRead - receivedBefore, of: queuedBytes },
      accepted: { done: openSockets(server.pid) - socketsBefore, of: newConnections },
      receivedBytes: { done: offered - unreadBytes(server.port), of: offered },
    };
    if (performance.now() - blockedSince > blockedMs) throw new Error('looked at the server too late');
    return seen;
  };
  const rest = arrival(receiver, receivedBefore + queuedBytes);
  const [seen, opened] = await Promise.all([look(), fresh, rest, ...echoes]);
  await Promise.all(opened.map((client) => exchange(client, 1)));
  return seen;
}

async function exchange(client: Socket, bytes: number): Promise<void> {
  const target = client.bytesRead + bytes;
  client.write(Buffer.alloc(bytes));
  await arrival(client, target);
}

/** Resolves when `client` has received `total` bytes since it connected. */
async function arrival(client: Socket, total: number): Promise<void> {
  const signal = AbortSignal.timeout(deadlineMs);
  while (client.bytesRead < total) await once(client, 'data', { signal });
}

/** What the kernel holds for the server's sockets and the server has not read. */
function unreadBytes(port: number): number {
  const localPort = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const established = '01';
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(localPort) === true && state === established)
    .map(([, , , , queues]) => Number.parseInt(queues?.split(':')[1] ?? '0', 16))
    .reduce((sum, bytes) => sum + bytes, 0);
}
