// SPDX-License-Identifier: Apache-2.0
// Loops instead of callbacks: `for await` over the connections of a server, and over the frames of each.
import { iterateBytes, iterateConnections, TcpServer } from '@hp/tcp';

const LENGTH_BYTES = 4;
const LONGEST_FRAME_BYTES = 1024 * 1024;

/** Cuts bytes into frames: each is its length in four bytes, most significant first, and that many bytes. */
export async function* frames(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of bytes) {
    rest = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
    while (rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + rest.readUInt32BE(0);
      if (end > LENGTH_BYTES + LONGEST_FRAME_BYTES) throw new RangeError('a frame is too long');
      if (rest.length < end) break;
      yield rest.subarray(LENGTH_BYTES, end);
      rest = rest.subarray(end);
    }
  }
  if (rest.length !== 0) throw new Error('the last frame is not whole');
}

/** The pieces of a frame, for `sendPackets`. */
export function toFrame(payload: Uint8Array): readonly Uint8Array[] {
  const head = Buffer.alloc(LENGTH_BYTES);
  head.writeUInt32BE(payload.length);
  return [head, payload];
}

/** Answers each frame with the same bytes in reverse. While a client does not take answers, the loop rests. */
async function converse(server: TcpServer, id: number): Promise<void> {
  for await (const frame of frames(iterateBytes(server, id))) {
    server.sendPackets(id, toFrame(Uint8Array.from(frame).reverse()));
    await server.drained(id);
  }
}

/** Serves until the server is stopped. What ends one conversation ends no other. */
async function serve(server: TcpServer): Promise<void> {
  for await (const id of iterateConnections(server)) {
    converse(server, id).catch((error: unknown) => console.error(`connection ${id} failed:`, error));
  }
}

/** Starts a server of frames. It has no listener: its loops take what comes. */
export function serveFrames(port: number): TcpServer {
  const server = new TcpServer({});
  server.start('127.0.0.1', port);
  void serve(server);
  return server;
}

if (process.argv[1] === import.meta.filename) {
  const server = serveFrames(Number(process.argv[2] ?? 0));
  console.log(`frames: port ${server.listenAddress?.port ?? 0}`);
}
