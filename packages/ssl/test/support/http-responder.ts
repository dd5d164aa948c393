// SPDX-License-Identifier: Apache-2.0
// As much of HTTP/1.1 over an SslServer as tests of its clients want.
import type { ServerListener, SslServer } from '@hp/ssl';
import { notedServer, type SecureLog } from './secure-log.js';

const HEAD_END = '\r\n\r\n';

/** A listener that answers `GET /…` with the path, and a POST with its body; `/close…` without a length, by closing. */
export function httpResponder(
  log: SecureLog,
  hooks: ServerListener<SslServer> = {},
): ServerListener<SslServer> {
  const arrived = new Map<number, Buffer>();
  return notedServer(log, {
    ...hooks,
    onReceive: (server, id, data) => {
      let bytes = Buffer.concat([arrived.get(id) ?? Buffer.alloc(0), data]);
      for (let taken = respond(server, id, bytes); taken > 0; taken = respond(server, id, bytes)) {
        bytes = bytes.subarray(taken);
      }
      arrived.set(id, bytes);
    },
    onClose: (_, id) => void arrived.delete(id),
  });
}

/** Answers the first request in `bytes`; how much of them that was, 0 while it is not whole. */
function respond(server: SslServer, id: number, bytes: Buffer): number {
  const headLength = bytes.indexOf(HEAD_END) + HEAD_END.length;
  if (headLength < HEAD_END.length) return 0;
  const head = bytes.toString('latin1', 0, headLength);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  if (bytes.length < headLength + length) return 0;
  const [, method, target = ''] = /^(\w+) (\S+)/.exec(head) ?? [];
  const body = method === 'POST' ? bytes.subarray(headLength, headLength + length) : Buffer.from(target);
  const closes = target.startsWith('/close');
  const framing = closes ? 'Connection: close' : `Content-Length: ${body.length}`;
  server.sendPackets(id, [Buffer.from(`HTTP/1.1 200 OK\r\n${framing}${HEAD_END}`), body]);
  if (closes) server.disconnect(id, false);
  return headLength + length;
}
