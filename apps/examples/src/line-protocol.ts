// SPDX-License-Identifier: Apache-2.0
// A protocol of lines: `toDuplex` makes a stream of each connection, and split2 makes lines of its bytes.
import { pipeline } from 'node:stream/promises';
import { TcpServer, toDuplex } from '@hp/tcp';
import split2 from 'split2';

/** What answers a line. */
export type Answer = (line: string) => string | Promise<string>;

/** A line that is longer ends its connection. */
const LONGEST_LINE_CHARACTERS = 8192;

/**
 * Answers each line with one line, in order. A client that does not read its answers is not read from either:
 * `pipeline` stops each stage while the next one is full, and the stream does so with the connection.
 */
export function serveLines(port: number, answer: Answer): TcpServer {
  const server = new TcpServer({
    onAccept(server, id) {
      // Half-open: a client that has sent all still gets its answers. The pipeline ends the stream behind the last one.
      const stream = toDuplex(server, id, { allowHalfOpen: true });
      const lines = split2({ maxLength: LONGEST_LINE_CHARACTERS });
      pipeline(stream, lines, (input: AsyncIterable<string>) => answers(input, answer), stream).catch(
        (error: unknown) => console.error(`connection ${id} failed:`, error),
      );
    },
  });
  server.start('127.0.0.1', port);
  return server;
}

async function* answers(lines: AsyncIterable<string>, answer: Answer): AsyncGenerator<string> {
  for await (const line of lines) yield `${await answer(line)}\n`;
}

if (process.argv[1] === import.meta.filename) {
  const server = serveLines(Number(process.argv[2] ?? 0), (line) => line.toUpperCase());
  console.log(`lines: nc 127.0.0.1 ${server.listenAddress?.port ?? 0}`);
}
