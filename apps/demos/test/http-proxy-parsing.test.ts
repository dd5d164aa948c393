// SPDX-License-Identifier: Apache-2.0
// Node's own parser, llhttp, as the judge: what the proxy takes for a request must be the same to a server behind it.
import { fuzzing, once } from '@hp/testkit';
import fc from 'fast-check';
import { createServer, METHODS, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frame, LAST_CHUNK } from '../src/http-proxy/message/body-frames.js';
import { type BodyReader, readerFor } from '../src/http-proxy/message/body-reader.js';
import { headLength, MalformedMessage } from '../src/http-proxy/message/head.js';
import { formatRequest, parseRequest } from '../src/http-proxy/message/request.js';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

const UNFINISHED = 'no end';

/** The requests that the proxy finds in `data`, until it refuses one, and as it passes them on. */
function seenByProxy(data: Buffer): { seen: Seen[]; passedOn: Buffer } {
  const seen: Seen[] = [];
  const passedOn: Buffer[] = [];
  let rest = data;
  try {
    for (let length = headLength(rest); length !== undefined; length = headLength(rest)) {
      if (length > 2) {
        const request = parseRequest(rest.subarray(0, length));
        // The judge refuses methods that it does not know; the proxy leaves those to the host.
        if (!METHODS.includes(request.method)) break;
        const body = readerFor(request.framing);
        const { pieces, taken } = readAll(body, [rest.subarray(length)]);
        if (!body.isComplete) break;
        const framed = pieces.flatMap((piece) => frame(request.framing, piece));
        if (request.framing.kind === 'chunked') framed.push(LAST_CHUNK);
        passedOn.push(formatRequest(request), ...framed);
        const text = Buffer.concat(pieces).toString('latin1');
        seen.push({ method: request.method, path: request.target.path, body: text });
        if (!request.persists || request.method === 'CONNECT') break;
        rest = rest.subarray(taken);
      }
      rest = rest.subarray(length);
    }
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
  }
  return { seen, passedOn: Buffer.concat(passedOn) };
}

function readAll(body: BodyReader, cuts: readonly Buffer[]): { pieces: Buffer[]; taken: number } {
  const pieces: Buffer[] = [];
  let taken = 0;
  for (const cut of cuts) taken += body.read(cut, (piece) => pieces.push(piece));
  return { pieces, taken };
}

/** The same bytes, cut somewhere. */
function cutAt(data: Buffer, places: readonly number[]): Buffer[] {
  const borders = [0, ...places.map((place) => place % (data.length + 1)), data.length].sort((a, b) => a - b);
  return borders.slice(1).map((border, index) => data.subarray(borders[index], border));
}

const lineEnd = fc.oneof(
  { weight: 30, arbitrary: fc.constant('\r\n') },
  { weight: 1, arbitrary: fc.constantFrom('\n', '\r', '\r\r\n', ' \r\n', '\r\n ', '\r\n\r\n', '\0\r\n') },
);
const field = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('X: y', 'Content-Length: 5', 'Transfer-Encoding: chunked') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'Content-Length: 0',
      'Content-Length: 05',
      'Content-Length: 5, 5',
      'Content-Length: +5',
      'Content-Length : 5',
      'content-length:\t5 ',
      'Transfer-Encoding:chunked',
      'Transfer-Encoding: identity',
      'Transfer-Encoding: chunked, identity',
      'Transfer-Encoding:\x0bchunked',
      'Transfer_Encoding: chunked',
      'Connection: close',
      'Connection: content-length, transfer-encoding',
      'X:',
      'X',
      ': y',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);
const body = fc.constantFrom(
  '',
  'abcde',
  '5\r\nabcde\r\n0\r\n\r\n',
  '05;x=y\r\nabcde\r\n0\r\nA: b\r\n\r\n',
  '5 \r\nabcde\r\n0\r\n\r\n',
  '5\r\nabcde0\r\n\r\n',
  '5\nabcde\r\n0\r\n\r\n',
  '0x5\r\nabcde\r\n0\r\n\r\n',
  '0\r\n\r\n',
  '0\r\nA : b\r\n\r\n',
);
const requestText = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'PUT', 'G T'),
    fc.constantFrom('http://a/x', 'http://a', 'http://a/?q', '/x', 'http://a /x', 'http://a/\t'),
    fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/1.1 ', 'HTTP/2.0'),
    fc.array(field, { maxLength: 4 }),
    fc.array(lineEnd, { minLength: 7, maxLength: 7 }),
    body,
  )
  .map(([method, target, version, fields, ends, content]) => {
    const lines = [`${method} ${target} ${version}`, 'Host: a', ...fields, ''];
    return lines.map((line, index) => line + (ends[index] ?? '\r\n')).join('') + content;
  });

describe('requests', () => {
  let server: Server;
  let seen: Seen[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const entry = { method: request.method ?? '', path: request.url ?? '', body: UNFINISHED };
      seen.push(entry);
      void buffer(request).then(
        (content) => {
          entry.body = content.toString('latin1');
          response.end();
        },
        () => undefined,
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());

  async function seenByNode(data: Buffer): Promise<Seen[]> {
    seen = [];
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').resume();
    socket.on('error', () => undefined);
    socket.end(data);
    await once(socket, 'close');
    return seen.filter((entry) => entry.body !== UNFINISHED);
  }

  it('that the proxy takes are the same to Node, as they have come and as they are passed on', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(requestText, { minLength: 1, maxLength: 3 }), async (texts) => {
        const data = Buffer.from(texts.join(''), 'latin1');
        const { seen: proxied, passedOn } = seenByProxy(data);
        taken += proxied.length;
        if (proxied.length === 0) return;
        expect(await seenByNode(passedOn)).toEqual(proxied);
        const bare = ({ method, path, body: content }: Seen): Seen => ({
          method,
          path: path.replace(/^http:\/\/a(?=[?/]|$)/, '').replace(/^(?!\/)/, '/'),
          body: content,
        });
        expect((await seenByNode(data)).slice(0, proxied.length).map(bare)).toEqual(proxied);
      }),
      fuzzing,
    );
    expect(taken).toBeGreaterThan(20);
  });

  it('of any bytes are taken or refused, and nothing else happens', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const data = Buffer.concat([Buffer.from('GET http://a/ HTTP/1.1\r\n'), bytes]);
          expect(() => seenByProxy(data)).not.toThrow();
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('a body in chunks', () => {
  const content = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }));
  const places = fc.array(fc.nat(), { maxLength: 10 });

  it('is read whole however it is cut, and no byte further', () => {
    fc.assert(
      fc.property(content, places, fc.string(), (pieces, cuts, after) => {
        const framed = pieces.flatMap((piece) => frame({ kind: 'chunked' }, Buffer.from(piece)));
        const encoded = Buffer.concat([...framed, LAST_CHUNK]);
        const reader = readerFor({ kind: 'chunked' });
        const read = readAll(reader, cutAt(Buffer.concat([encoded, Buffer.from(after)]), cuts));
        expect(reader.isComplete).toBe(true);
        expect(read.taken).toBe(encoded.length);
        expect(Buffer.concat(read.pieces).equals(Buffer.concat(pieces))).toBe(true);
      }),
    );
  });

  it.each(['1'.repeat(5000), `5;${'x'.repeat(5000)}`, `0\r\n${'A: b\r\n'.repeat(20_000)}`])(
    'has no lines without an end',
    (text) => {
      const reader = readerFor({ kind: 'chunked' });
      expect(() => reader.read(Buffer.from(text), () => undefined)).toThrow(MalformedMessage);
    },
  );
});

describe('a body with a length', () => {
  it('is read whole however it is cut, and no byte further', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), fc.array(fc.nat()), (length, more, cuts) => {
        const reader = readerFor({ kind: 'length', length });
        const read = readAll(reader, cutAt(Buffer.alloc(length + more), cuts));
        expect([read.taken, reader.isComplete]).toEqual([length, true]);
      }),
    );
  });
});
