// SPDX-License-Identifier: Apache-2.0
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConsoleClient } from '../src/console/console-client.js';
import { Console } from '../src/console/console.js';
import type { ComponentOptions, KindName } from '../src/console/kinds.js';
import type {
  ComponentView,
  ConnectionView,
  LoggedEvent,
  Message,
  Request,
} from '../src/console/protocol.js';
import { freeDatagramPort, freePort, plainServer } from './launch.js';

const page = new Console(40);
let url = '';
let client: ConsoleClient;
let told: LoggedEvent[] = [];
beforeAll(async () => {
  url = await page.open(0);
});
beforeEach(async () => {
  client = await ConsoleClient.connect(url);
  told = [];
  client.socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Message;
    if (message.type === 'update') told.push(...message.events);
  });
});
afterEach(() => client[Symbol.dispose]());
afterAll(() => page[Symbol.asyncDispose]());

function start(kind: KindName, options: Partial<ComponentOptions> = {}): Promise<number> {
  return client.create(kind, options);
}

function shown(id: number, test: (view: ComponentView) => boolean = () => true): Promise<ComponentView> {
  return client.shown(({ components }) => components.find((view) => view.id === id && test(view)));
}

async function portOf(id: number): Promise<number> {
  const { port = 0 } = await shown(id);
  return port;
}

/** Waits until a component has that many connections, all of them in that state. */
async function connectionsOf(
  component: number,
  count: number,
  state: ConnectionView['state'] = 'open',
): Promise<readonly ConnectionView[]> {
  await client.ask({ type: 'watch', component, offset: 0, limit: 100 });
  return client.shown(({ connections }) =>
    connections.component === component &&
    connections.total === count &&
    connections.rows.every((row) => row.state === state)
      ? connections.rows
      : undefined,
  );
}

/** Waits until an event has been told, unless it has been by now. */
function event(
  component: number,
  name: LoggedEvent['name'],
  detail: string | RegExp = '',
): Promise<LoggedEvent> {
  const find = (): LoggedEvent | undefined =>
    told.find((each) => each.component === component && each.name === name && isLike(each.detail, detail));
  const found = find();
  return found === undefined ? client.shown(find) : Promise.resolve(found);
}

function isLike(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
}

function send(
  component: number,
  connection: number,
  data: string,
  encoding: 'text' | 'hex' = 'text',
): Request {
  return { type: 'send', component, connection, encoding, data };
}

const models = ['push', 'pull', 'pack'] as const;

describe.each([
  ['TcpServer', 'TcpAgent', 'TcpClient'],
  ['SslServer', 'SslAgent', 'SslClient'],
] as const)('a %s', (server, agent, single) => {
  it.each(models)('echoes to an agent and to a client in the %s model', async (model) => {
    const serving = await start(server, { model });
    const port = await portOf(serving);
    const many = await start(agent, { model, port, connections: 3 });
    const one = await start(single, { model, port });
    const infix = { push: '', pull: 'Pull', pack: 'Pack' }[model];
    expect((await shown(serving)).name).toBe(`${server.slice(0, 3)}${infix}Server ${serving}`);
    await connectionsOf(serving, 4);
    for (const [component, count] of [
      [many, 3],
      [one, 1],
    ] as const) {
      if (server === 'SslServer') await event(component, 'onHandshake', /^TLSv1\.3, .*verified/);
      const [connection] = await connectionsOf(component, count);
      await client.ask(send(component, connection!.id, 'hello'));
      await event(component, 'onReceive', '5 bytes: hello');
      const [after] = await connectionsOf(component, count);
      expect(after).toMatchObject({ remote: `127.0.0.1:${port}`, bytesIn: 5, pending: 0 });
      expect(after!.bytesOut).toBeGreaterThanOrEqual(5);
    }
    for (const component of [one, many, serving]) await client.ask({ type: 'stop', component });
    await shown(serving, ({ state }) => state === 'stopped');
  });
});

describe('datagrams', () => {
  it('are echoed by a UdpServer to a UdpClient', async () => {
    const server = await start('UdpServer');
    const single = await start('UdpClient', { port: await portOf(server) });
    const [connection] = await connectionsOf(single, 1);
    await client.ask(send(single, connection!.id, '00 ff', 'hex'));
    await event(single, 'onReceive', '2 bytes');
    await client.ask({ type: 'load', component: single, load: { size: 100, intervalMs: 5 } });
    await client.shown(({ samples }) => samples.find((each) => each.component === single && each.latency));
    await expect(
      client.ask({ type: 'pause', component: server, connection: 1, isPaused: true }),
    ).rejects.toThrow('refused: the component does not offer');
    for (const component of [single, server]) await client.ask({ type: 'stop', component });
  });

  it('of a UdpCast are heard by its own host, with who has sent them', async () => {
    const port = Number(await freeDatagramPort());
    const member = await start('UdpCast', { port });
    const [connection] = await connectionsOf(member, 1);
    await client.ask(send(member, connection!.id, 'hello, all'));
    const { detail } = await event(member, 'onReceive');
    expect(detail).toBe(`from 127.0.0.1:${port}, 10 bytes: hello, all`);
    await client.ask({ type: 'stop', component: member });
  });
});

describe('a component', () => {
  it('that cannot be started is not kept, and the reason is that of the component', async () => {
    const server = await start('TcpServer');
    const port = await portOf(server);
    await expect(start('TcpServer', { port })).rejects.toThrow(/EADDRINUSE/);
    await expect(start('TcpServer', { port: 70_000 })).rejects.toThrow(/port.*65,?535/);
    await expect(start('TcpServer', { port: 1.5 })).rejects.toThrow(/port/);
    await expect(start('TcpServer', { address: '192.0.2.1' })).rejects.toThrow(/EADDRNOTAVAIL/);
    await expect(start('TcpServer', { maxConnections: -1 })).rejects.toThrow(/maxConnections/);
    await expect(start('TcpServer', { model: 'pack', headerFlag: 1024 })).rejects.toThrow(/headerFlag/);
    await expect(start('TcpServer', { workerThreadCount: 'many' })).rejects.toThrow(/workerThreadCount/);
    await expect(start('UdpServer', { maxDatagramSize: 0 })).rejects.toThrow(/maxDatagramSize/);
    await expect(start('TcpClient', { port: Number(await freePort()) })).rejects.toThrow(/ECONNREFUSED/);
    const { components } = await client.shown((update) => update);
    expect(components.filter(({ state }) => state !== 'stopped').map(({ id }) => id)).toEqual([server]);
    await client.ask({ type: 'stop', component: server });
  });

  it('can be stopped, started again and removed', async () => {
    const server = await start('TcpServer');
    await expect(client.ask({ type: 'remove', component: server })).rejects.toThrow('stop it first');
    await expect(client.ask({ type: 'start', component: server })).rejects.toThrow('while it is started');
    await client.ask({ type: 'stop', component: server });
    await event(server, 'onShutdown');
    await client.ask({ type: 'start', component: server });
    await shown(server, ({ state, port }) => state === 'started' && port !== undefined);
    await client.ask({ type: 'stop', component: server });
    await client.ask({ type: 'remove', component: server });
    await expect(client.ask({ type: 'start', component: server })).rejects.toThrow('there is no component');
  });

  it('tells why its agent could not connect', async () => {
    const agent = await start('TcpAgent', { port: Number(await freePort()), connections: 2 });
    await event(agent, 'onClose', 'Connect failed with 111');
    const { problem } = await shown(agent, (view) => view.problem !== '');
    expect(problem).toContain('ECONNREFUSED');
    await client.ask({ type: 'stop', component: agent });
  });

  it('echoes only where it is asked to', async () => {
    const server = await start('TcpServer', { echo: false });
    const single = await start('TcpClient', { port: await portOf(server) });
    const [connection] = await connectionsOf(single, 1);
    await client.ask(send(single, connection!.id, 'hello'));
    await event(server, 'onReceive', '5 bytes: hello');
    const [served] = await connectionsOf(server, 1);
    expect(served).toMatchObject({ bytesIn: 5, bytesOut: 0 });
    for (const component of [single, server]) await client.ask({ type: 'stop', component });
  });

  it('has more connections than a page is shown', async () => {
    const server = await start('TcpServer');
    const agent = await start('TcpAgent', { port: await portOf(server), connections: 150 });
    await client.ask({ type: 'connect', component: agent, count: 50 });
    await client.ask({ type: 'watch', component: server, offset: 180, limit: 100 });
    const { rows } = await client.shown(({ connections }) =>
      connections.total === 200 && connections.offset === 180 ? connections : undefined,
    );
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, index) => 181 + index));
    await expect(client.ask({ type: 'connect', component: server, count: 1 })).rejects.toThrow(
      'a TcpServer makes no more connections',
    );
    for (const component of [agent, server]) await client.ask({ type: 'stop', component });
  });
});

describe('a connection', () => {
  it('can be paused, resumed and kicked', async () => {
    const server = await start('TcpServer');
    const agent = await start('TcpAgent', { port: await portOf(server), connections: 2 });
    await connectionsOf(agent, 2);
    const pause = (isPaused: boolean): Request => ({
      type: 'pause',
      component: server,
      connection: 1,
      isPaused,
    });
    await client.ask(pause(true));
    await client.ask(send(agent, 1, 'held back'));
    await event(agent, 'onSend');
    await client.ask({ type: 'watch', component: server, offset: 0, limit: 1 });
    const paused = await client.shown(({ connections: { rows } }) =>
      rows.find(({ id, state }) => id === 1 && state === 'paused'),
    );
    expect(paused.bytesIn).toBe(0);
    await client.ask(pause(false));
    await event(server, 'onReceive', '9 bytes: held back');
    await client.ask({ type: 'disconnect', component: server, connection: 1 });
    await event(agent, 'onClose', 'closed');
    expect((await connectionsOf(server, 1)).map(({ id }) => id)).toEqual([2]);
    await expect(client.ask({ type: 'disconnect', component: server, connection: 1 })).rejects.toThrow(
      'refused: ',
    );
    await expect(client.ask(send(agent, 2, '4', 'hex'))).rejects.toThrow('hex must be pairs');
    for (const component of [agent, server]) await client.ask({ type: 'stop', component });
  });

  it('of a client ends with it', async () => {
    await using peer = await plainServer(() => undefined);
    const single = await start('TcpClient', { port: Number(peer.port) });
    const [connection] = await connectionsOf(single, 1);
    await client.ask({ type: 'disconnect', component: single, connection: connection!.id });
    await shown(single, ({ state }) => state === 'stopped');
    await expect(client.ask(send(single, connection!.id, 'hello'))).rejects.toThrow('refused');
  });
});

describe('a load', () => {
  it.each([0, 5])('with %d ms between messages is measured', async (intervalMs) => {
    const server = await start('TcpServer', { model: 'pack' });
    const agent = await start('TcpAgent', { model: 'pack', port: await portOf(server), connections: 4 });
    await connectionsOf(agent, 4);
    await client.ask({ type: 'load', component: agent, load: { size: 500, intervalMs } });
    await shown(agent, ({ load }) => load?.size === 500 && load.intervalMs === intervalMs);
    const sample = await client.shown(({ samples }) =>
      samples.find(({ component, messages, latency }) => component === agent && messages > 10 && latency),
    );
    expect(sample.bytesIn).toBeGreaterThan(400 * sample.messages);
    expect(sample.batch).toBeGreaterThan(0);
    expect(sample.latency!.p50).toBeGreaterThan(0);
    expect(sample.latency!.p99).toBeGreaterThanOrEqual(sample.latency!.p50);
    await client.ask({ type: 'unload', component: agent });
    await client.shown(({ samples }) =>
      samples.find(({ component, messages }) => component === agent && messages === 0),
    );
    for (const component of [agent, server]) await client.ask({ type: 'stop', component });
  });

  it('does not bring the page more than some events', async () => {
    const server = await start('TcpServer');
    const agent = await start('TcpAgent', { port: await portOf(server), connections: 20 });
    await connectionsOf(agent, 20);
    await client.ask({ type: 'load', component: agent, load: { size: 10, intervalMs: 0 } });
    let first = 0;
    let count = 0;
    const last = await client.shown(({ lastEvent, events }) => {
      first ||= lastEvent - events.length;
      count += events.length;
      return lastEvent > first + 20_000 ? lastEvent : undefined;
    });
    expect(count).toBeLessThan((last - first) / 4);
    for (const component of [agent, server]) await client.ask({ type: 'stop', component });
  });

  it('goes on where an echo is lost', async () => {
    let seen = 0;
    await using peer = await plainServer((socket) => {
      socket.on('data', (data) => (++seen === 1 ? undefined : socket.write(data)));
    });
    const agent = await start('TcpAgent', { port: Number(peer.port), connections: 1 });
    await connectionsOf(agent, 1);
    await client.ask({ type: 'load', component: agent, load: { size: 10, intervalMs: 10 } });
    await client.shown(({ samples }) => samples.find((each) => each.component === agent && each.latency));
    expect(seen).toBeGreaterThan(1);
    await client.ask({ type: 'stop', component: agent });
  });

  it('is for what dials somebody who may echo', async () => {
    const server = await start('TcpServer');
    const load = { size: 1, intervalMs: 0 };
    await expect(client.ask({ type: 'load', component: server, load })).rejects.toThrow('takes no load');
    await client.ask({ type: 'stop', component: server });
  });
});
