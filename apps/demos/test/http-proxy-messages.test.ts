// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { isOwnAddress } from '../src/http-proxy/own-address.js';
import { headLength, MalformedMessage } from '../src/http-proxy/message/head.js';
import { formatRequest, isRepeatable, parseRequest } from '../src/http-proxy/message/request.js';
import { formatResponse, outgoingFraming, parseResponse } from '../src/http-proxy/message/response.js';
import { message } from './http-proxy.js';

const bytes = (...lines: string[]): Buffer => Buffer.from(message(lines), 'latin1');
const get = (...fields: string[]): Buffer =>
  bytes('GET http://a.example/ HTTP/1.1', 'Host: a.example', ...fields);
const post = (...fields: string[]): Buffer => bytes('POST http://a/ HTTP/1.1', 'Host: a', ...fields);
const linesOf = (data: Buffer): string[] => data.toString('latin1').split('\r\n').slice(0, -2);

describe('the end of a head', () => {
  it.each([
    ['', undefined],
    ['GET', undefined],
    ['GET / HTTP/1.1\r\n\r', undefined],
    ['\r\n', 2],
    ['a\r\n\r\n', 5],
    ['a\r\nb: c\r\n\r\nrest', 11],
  ])('of %j is found', (text, length) => {
    expect(headLength(Buffer.from(text))).toBe(length);
  });

  it.each(['a\n', '\n', 'a\r\nb: c\n\r\n'])('is refused in %j', (text) => {
    expect(() => headLength(Buffer.from(text))).toThrow('does not end with CR LF');
  });
});

describe('the head of a request', () => {
  it('becomes one for the host', () => {
    const request = parseRequest(
      bytes(
        'GET http://Example.org:8000/a%20b/../c?d=/e HTTP/1.1',
        'Host: other.example',
        'Accept:   text/html, */*  ',
        'X-Empty:',
        'Proxy-Connection: keep-alive',
        'Connection: x-mine, Keep-Alive,, host , content-length',
        'Keep-Alive: timeout=5',
        'X-Mine: secret',
        'TE: trailers',
        'Proxy-Authorization: Basic eDp5',
        'X-Kept: \xe9',
      ),
    );
    expect(request.target).toMatchObject({ host: 'Example.org', port: 8000 });
    expect(linesOf(formatRequest(request))).toEqual([
      'GET /a%20b/../c?d=/e HTTP/1.1',
      'Host: Example.org:8000',
      'Accept: text/html, */*',
      'X-Empty: ',
      'X-Kept: \xe9',
      'Via: 1.1 hp-demos',
    ]);
  });

  it.each([
    ['GET http://a', 'a', 80, '/'],
    ['GET HTTP://a/', 'a', 80, '/'],
    ['GET http://a:81?q', 'a', 81, '/?q'],
    ['GET http://[::1]:8080/x', '::1', 8080, '/x'],
    ['OPTIONS http://a', 'a', 80, '*'],
    ['OPTIONS http://a/', 'a', 80, '/'],
    ['GET http://a/http://b/', 'a', 80, '/http://b/'],
    ['CONNECT a:443', 'a', 443, ''],
    ['CONNECT [2001:db8::1]:443', '2001:db8::1', 443, ''],
    ['CONNECT 10.0.0.1:22', '10.0.0.1', 22, ''],
  ])('%s is understood', (line, host, port, path) => {
    expect(parseRequest(bytes(`${line} HTTP/1.1`, 'Host: a')).target).toMatchObject({ host, port, path });
  });

  it.each([
    'GET / HTTP/1.1',
    'GET https://a/ HTTP/1.1',
    'GET http:///x HTTP/1.1',
    'GET http://user:pw@a/ HTTP/1.1',
    'GET http://a/#part HTTP/1.1',
    'GET http://a:0/ HTTP/1.1',
    'GET http://a:65536/ HTTP/1.1',
    'GET http://a:/ HTTP/1.1',
    'GET http://a:80:80/ HTTP/1.1',
    'GET http://[::1/ HTTP/1.1',
    'GET http://[1]/ HTTP/1.1',
    'GET http://a\\b/ HTTP/1.1',
    'GET  http://a/ HTTP/1.1',
    'GET http://a/ HTTP/1.1 ',
    'GET http://a/ x HTTP/1.1',
    'GET\thttp://a/ HTTP/1.1',
    'GET http://a/\x7f HTTP/1.1',
    'GET http://a/\xe9 HTTP/1.1',
    'G(T http://a/ HTTP/1.1',
    'GET http://a/',
    'GET http://a/ HTTP/11',
    'GET http://a/ http/1.1',
    'GET http://a/ HTTP/2.0',
    'CONNECT a HTTP/1.1',
    'CONNECT :443 HTTP/1.1',
    'CONNECT http://a:443 HTTP/1.1',
    'CONNECT a:443/ HTTP/1.1',
  ])('%j is refused', (line) => {
    expect(() => parseRequest(bytes(line, 'Host: a'))).toThrow(MalformedMessage);
  });

  it.each([
    ['Content-Length: 5', 'Content-Length: 5'],
    ['Content-Length: 5', 'Content-Length: 6'],
    ['Content-Length: 5, 5'],
    ['Content-Length: +5'],
    ['Content-Length: -1'],
    ['Content-Length: 0x5'],
    ['Content-Length: 5 5'],
    ['Content-Length:'],
    ['Content-Length: 9999999999999999'],
    ['Content-Length: 5', 'Transfer-Encoding: chunked'],
    ['Transfer-Encoding: chunked', 'Content-Length: 5'],
    ['Transfer-Encoding: chunked, identity'],
    ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'],
    ['Transfer-Encoding: chunked, chunked'],
    ['Transfer-Encoding: xchunked'],
    ['Transfer-Encoding: "chunked"'],
    ['Transfer-Encoding: gzip, chunked'],
    ['Transfer-Encoding:'],
    ['Transfer-Encoding : chunked'],
    ['Transfer-Encoding: \x0bchunked'],
    [' Transfer-Encoding: chunked'],
    ['X: a', ' Transfer-Encoding: chunked'],
    ['X: a\rTransfer-Encoding: chunked'],
    ['X: a\0'],
    ['X\0: a'],
    ['no colon'],
    [': no name'],
    ['H\xf6st: a'],
    ['Host: b'],
  ])('with %j is refused', (...fields) => {
    expect(() => parseRequest(post(...fields))).toThrow(MalformedMessage);
  });

  it('needs a Host from version 1.1 on, and has no chunks before', () => {
    expect(() => parseRequest(bytes('GET http://a/ HTTP/1.1'))).toThrow('one field Host');
    expect(parseRequest(bytes('GET http://a/ HTTP/1.0'))).toMatchObject({ isOldest: true, persists: false });
    const chunked = bytes('POST http://a/ HTTP/1.0', 'Transfer-Encoding: chunked');
    expect(() => parseRequest(chunked)).toThrow('HTTP/1.0 has no Transfer-Encoding');
  });

  it.each(['Content-Length: 5', 'Transfer-Encoding: chunked'])('of CONNECT may not have %s', (field) => {
    expect(() => parseRequest(bytes('CONNECT a:1 HTTP/1.1', 'Host: a', field))).toThrow('no body');
  });

  it('tells what may be done again', () => {
    expect(isRepeatable(parseRequest(get()))).toBe(true);
    expect(isRepeatable(parseRequest(get('Content-Length: 1')))).toBe(false);
    expect(isRepeatable(parseRequest(get('Connection: upgrade', 'Upgrade: x')))).toBe(false);
    expect(isRepeatable(parseRequest(post()))).toBe(false);
  });

  it('takes time in proportion to its length', () => {
    const blanks = ' '.repeat(16_000);
    const began = performance.now();
    expect(() => parseRequest(get(`X:${blanks}a${blanks}b${blanks}\x01`))).toThrow(MalformedMessage);
    parseRequest(get(`X:${blanks}a${blanks}b${blanks}`));
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe('the head of a response', () => {
  const asked = parseRequest(get());

  it('becomes one for the client', () => {
    const response = parseResponse(
      bytes('HTTP/1.0 200 Fine \xe9', 'Connection: x-mine', 'X-Mine: 1', 'Content-Length: 05', 'X: y'),
      asked,
    );
    expect(linesOf(formatResponse(response, outgoingFraming(response, asked), true))).toEqual([
      'HTTP/1.1 200 Fine \xe9',
      'X: y',
      'Content-Length: 5',
      'Connection: close',
      'Via: 1.1 hp-demos',
    ]);
  });

  it.each([
    ['HTTP/1.1 200 OK', ['Content-Length: 5'], { kind: 'length', length: 5 }],
    ['HTTP/1.1 200 OK', ['Transfer-Encoding: Chunked'], { kind: 'chunked' }],
    ['HTTP/1.1 200', [], { kind: 'chunked' }],
    ['HTTP/1.1 204 No Content', ['Content-Length: 5'], { kind: 'none' }],
    ['HTTP/1.1 304 Not Modified', ['Content-Length: 5'], { kind: 'none' }],
  ])('%s with %j is framed', (line, fields, framing) => {
    expect(outgoingFraming(parseResponse(bytes(line, ...fields), asked), asked)).toEqual(framing);
  });

  it('has a length where it answers HEAD or is 304, and then no body', () => {
    const head = parseRequest(bytes('HEAD http://a/ HTTP/1.1', 'Host: a'));
    for (const status of [200, 304]) {
      const response = parseResponse(bytes(`HTTP/1.1 ${status} x`, 'Content-Length: 5'), head);
      expect(response.framing).toEqual({ kind: 'none' });
      expect(linesOf(formatResponse(response, response.framing, false))).toContain('Content-Length: 5');
    }
    const empty = parseResponse(bytes('HTTP/1.1 204 x', 'Content-Length: 5'), head);
    expect(String(formatResponse(empty, empty.framing, false))).not.toContain('Content-Length');
  });

  it('goes to a client of HTTP/1.0 without chunks', () => {
    const oldest = parseRequest(bytes('GET http://a/ HTTP/1.0'));
    const response = parseResponse(bytes('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked'), oldest);
    expect(outgoingFraming(response, oldest)).toEqual({ kind: 'close' });
  });

  it.each([
    ['HTTP/2 200 OK'],
    ['HTTP/1.1 20 OK'],
    ['HTTP/1.1 099 OK'],
    ['HTTP/1.1  200 OK'],
    ['200 OK'],
    ['HTTP/1.1 101 Switching Protocols'],
    ['HTTP/1.1 200 OK', 'Content-Length: 1', 'Transfer-Encoding: chunked'],
    ['HTTP/1.1 200 OK', 'Content-Length: 1', 'Content-Length: 1'],
    ['HTTP/1.1 200 OK', 'Transfer-Encoding: gzip'],
    ['HTTP/1.0 200 OK', 'Transfer-Encoding: chunked'],
    ['HTTP/1.1 200 OK', 'A: b', ' c'],
  ])('%j is refused', (...lines) => {
    expect(() => parseResponse(bytes(...lines), asked)).toThrow(MalformedMessage);
  });
});

describe('the own address', () => {
  const at = (address: string, port = 80): { address: string; port: number } => ({ address, port });

  it.each([
    [at('127.0.0.1'), at('127.0.0.1'), at('127.0.0.1', 4), true],
    [at('127.0.0.1'), at('127.0.0.1', 81), at('127.0.0.1', 4), false],
    [at('127.0.0.1'), at('127.0.0.2'), at('127.0.0.1', 4), false],
    [at('0.0.0.0'), at('127.0.0.2'), at('127.0.0.1', 4), true],
    [at('0.0.0.0'), at('10.0.0.5'), at('10.0.0.5', 4), true],
    [at('0.0.0.0'), at('10.0.0.6'), at('10.0.0.5', 4), false],
    [at('::'), at('::1'), at('::1', 4), true],
    [undefined, at('::1'), at('::1', 4), false],
    [at('::1'), undefined, undefined, false],
  ])('of a server on %j is reached by a connection to %j from %j: %s', (listening, remote, local, isOwn) => {
    expect(isOwnAddress(listening, remote, local)).toBe(isOwn);
  });
});
