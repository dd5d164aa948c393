// SPDX-License-Identifier: Apache-2.0
import { createSocket } from 'node:dgram';

/** Where peer `index` of a crowd is: 100 to an address of loopback. */
export function hostOf(index: number): string {
  const address = Math.floor(index / 100);
  return `127.2.${address >> 8}.${address & 255}`;
}

/** What somebody who has come only to say one thing was answered, and where he was. */
export interface Answer {
  readonly text: string;
  readonly address: string;
}

/**
 * Sends a datagram from a socket of its own to a port of 127.0.0.1, and waits for the answer: a
 * DatagramPeer with nothing that takes time, for tests with very many.
 */
export async function askOnce(host: string, text: string, port: number): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.once('message', (data) => {
      const own = socket.address();
      socket.close(() => {
        resolve({ text: String(data), address: `${own.address}:${own.port}` });
      });
    });
    socket.bind(0, host, () => {
      socket.send(text, port, '127.0.0.1');
    });
  });
}
