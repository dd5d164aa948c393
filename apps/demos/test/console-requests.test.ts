// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { initialOptions, kindNames, kinds } from '../src/console/kinds.js';
import { readHex, readOptions, readRequest } from '../src/console/read-request.js';
import { Members, RequestError } from '../src/console/reading.js';

const read = (request: object): unknown => readRequest(new Members(request, 'a request'));

describe('a request', () => {
  it.each([
    { type: 'start', component: 1 },
    { type: 'stop', component: 2 },
    { type: 'remove', component: 3 },
    { type: 'connect', component: 1, count: 1000 },
    { type: 'load', component: 1, load: { size: 1, intervalMs: 0 } },
    { type: 'unload', component: 1 },
    { type: 'send', component: 1, connection: 1, encoding: 'hex', data: '' },
    { type: 'pause', component: 1, connection: 1, isPaused: true },
    { type: 'disconnect', component: 1, connection: 9 },
    { type: 'watch', component: 0, offset: 0, limit: 100 },
  ])('$type is read as it is', (request) => {
    expect(read(request)).toEqual(request);
  });

  it.each([
    [{}, 'type must be one of'],
    [{ type: 'toString' }, 'type must be one of'],
    [{ type: '__proto__' }, 'type must be one of'],
    [{ type: ['stop'], component: 1 }, 'type must be one of'],
    [{ type: 'stop' }, 'component must be a whole number from 1'],
    [{ type: 'stop', component: '1' }, 'component must be a whole number'],
    [{ type: 'stop', component: 1.5 }, 'component must be a whole number'],
    [{ type: 'stop', component: 1, more: 1 }, "there is no 'more' here"],
    [{ type: 'connect', component: 1, count: 1001 }, 'count must be a whole number from 1 to 1000'],
    [{ type: 'load', component: 1, load: null }, 'load must be an object'],
    [{ type: 'load', component: 1, load: { size: 0, intervalMs: 0 } }, 'size must be'],
    [{ type: 'load', component: 1, load: { size: 1, intervalMs: -1 } }, 'intervalMs must be'],
    [{ type: 'load', component: 1, load: { size: 1, intervalMs: 0, x: 0 } }, "there is no 'x' here"],
    [{ type: 'send', component: 1, connection: 1, encoding: 'utf8', data: '' }, 'one of text, hex'],
    [{ type: 'send', component: 1, connection: 1, encoding: 'text', data: 1 }, 'data must be text'],
    [{ type: 'pause', component: 1, connection: 1, isPaused: 1 }, 'isPaused must be true or false'],
    [{ type: 'watch', component: 0, offset: 0, limit: 101 }, 'limit must be'],
    [{ type: 'create', kind: 'constructor', options: {} }, 'kind must be one of'],
    [{ type: 'create', kind: 'TcpServer', options: [] }, 'options must be an object'],
  ])('%j is refused', (request, reason) => {
    expect(() => read(request)).toThrow(RequestError);
    expect(() => read(request)).toThrow(reason);
  });
});

describe('the options of a component', () => {
  it.each(kindNames)('of a %s may be those that its form begins with', (kind) => {
    const { options, more } = kinds[kind];
    const initial = initialOptions(kind);
    const given = Object.fromEntries([...options, ...more].map((name) => [name, initial[name]]));
    expect(readOptions(kind, given)).toEqual(given);
    expect(readOptions(kind, {})).toEqual({});
  });

  it('may be out of the range that the component has', () => {
    const given = { port: 70_000, model: 'pack', headerFlag: -5, echo: false };
    expect(readOptions('TcpServer', given)).toEqual(given);
  });

  it.each([
    ['TcpServer', { connections: 1 }, "there is no 'connections' here"],
    ['TcpServer', { port: '5555' }, 'port must be a number'],
    ['TcpServer', { port: null }, 'port must be a number'],
    ['TcpServer', { model: 'http' }, 'model must be one of push, pull, pack'],
    ['TcpServer', { echo: 'yes' }, 'echo must be true or false'],
    ['TcpServer', { address: 'x'.repeat(256) }, 'address must have at most 255 characters'],
    ['TcpAgent', { connections: 1001 }, 'connections must be at most 1000'],
    ['UdpCast', { castMode: 0 }, 'castMode must be one of'],
  ] as const)('of a %s cannot be %j', (kind, options, reason) => {
    expect(() => readOptions(kind, options)).toThrow(reason);
  });
});

describe('hexadecimal digits', () => {
  it('are read with and without spaces, in either case', () => {
    expect(readHex('48 69 0A')).toEqual(Buffer.from('Hi\n'));
    expect(readHex(' 00ff\n10 ')).toEqual(Buffer.from([0, 255, 16]));
  });

  it.each(['', '4', '4g', '0x48', '48,69'])('are not %j', (text) => {
    expect(() => readHex(text)).toThrow(RequestError);
  });
});
