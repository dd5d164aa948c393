// SPDX-License-Identifier: Apache-2.0
import { runLoad } from './load-generator.js';
import type { Peer } from './peers.js';
import { startServer } from './server.js';

/** How long clients wait for a server's handshakes while its JavaScript runs free, and while it stands still now and then. */
export interface HandshakeSample {
  peer: string;
  title: string;
  free: HandshakeFigures;
  blocked: HandshakeFigures;
}

export interface HandshakeFigures {
  done: number;
  failed: number;
  p50Microseconds: number;
  p99Microseconds: number;
  maxMicroseconds: number;
}

const load: readonly string[] = [
  ['--transport', 'tls', '--mode', 'handshake', '--rate', '100'],
  ['--warmup', '500', '--duration', '5000'],
].flat();

/** Handshakes begin at an even pace, whatever the server does meanwhile. */
export async function measureHandshakes(free: Peer, blocked: Peer): Promise<HandshakeSample> {
  return {
    peer: free.name,
    title: free.title,
    free: await handshakesWith(free),
    blocked: await handshakesWith(blocked),
  };
}

async function handshakesWith(peer: Peer): Promise<HandshakeFigures> {
  await using server = await startServer(peer);
  const { messages, errors, p50Microseconds, p99Microseconds, maxMicroseconds } = await runLoad(server, load);
  return { done: messages, failed: errors, p50Microseconds, p99Microseconds, maxMicroseconds };
}
