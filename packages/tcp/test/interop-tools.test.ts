// SPDX-License-Identifier: Apache-2.0
// Against nc and socat, in both directions.
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { EventLog, eventually, hasCommand, modes, once, Pattern, Tool, within } from '@hp/testkit';
import { SocketOperation, TcpAgent, TcpClient, TcpServer } from '@hp/tcp';
import { agentListener, clientListener, serverListener } from './support/listeners.js';

const total = 5_000_000;

/** A port that was free a moment ago, for a tool that cannot tell which one it got. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function output(tool: Tool): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    tool.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    tool.stdout.once('end', () => resolve(Buffer.concat(chunks)));
  });
}

const clients = [
  { tool: 'nc', args: (port: number) => ['-N', '127.0.0.1', String(port)] },
  { tool: 'socat', args: (port: number) => ['-t', '20', '-', `TCP4:127.0.0.1:${port}`] },
];
const listeners = [
  { tool: 'nc', args: (port: number) => ['-l', '-N', '127.0.0.1', String(port)] },
  { tool: 'socat', args: (port: number) => ['-t', '20', '-', `TCP4-LISTEN:${port},bind=127.0.0.1`] },
];

describe.each(modes)('interop ($name)', ({ workerThreadCount }) => {
  describe.each(clients)('with $tool as the client', ({ tool, args }) => {
    test.skipIf(!hasCommand(tool))('a server echoes what it sends, to the last byte', async () => {
      const log = new EventLog();
      await using server = new TcpServer(
        serverListener(log, { onReceive: (it, id, data) => void it.send(id, data) }),
        { workerThreadCount },
      );
      server.start('127.0.0.1');
      await using running = new Tool(tool, args(server.listenAddress!.port));
      const echoed = output(running);
      const sent = new Pattern();
      while (sent.position < total) running.stdin.write(sent.take(500_000));
      running.stdin.end();
      const received = await within(echoed, 20_000, 'The end of the echo');

      expect(received).toHaveLength(total);
      expect(() => new Pattern().check(received)).not.toThrow();
      expect(await log.next('onClose')).toMatchObject({ operation: SocketOperation.Close, errorCode: 0 });
    });
  });

  describe.each(listeners)('with $tool as the server', ({ tool, args }) => {
    test.skipIf(!hasCommand(tool))('a client and an agent exchange data with it', async () => {
      for (const role of ['client', 'agent'] as const) {
        const port = await freePort();
        await using running = new Tool(tool, args(port));
        const arrived = output(running);
        const log = new EventLog();
        const reconnect = { minDelayMs: 20, maxDelayMs: 50 };
        const client = new TcpClient(clientListener(log), { workerThreadCount });
        const agent = new TcpAgent(agentListener(log), { workerThreadCount });
        await using stopClient = client;
        await using stopAgent = agent;
        agent.start();
        // It may not listen yet.
        if (role === 'client') client.start('127.0.0.1', port, { reconnect });
        else agent.connect('127.0.0.1', port, { reconnect });
        const { id } = await log.next('onConnect');
        const sent = new Pattern();
        while (sent.position < total) {
          const data = sent.take(500_000);
          expect(role === 'client' ? stopClient.send(data) : stopAgent.send(id, data)).toBe(true);
        }
        running.stdin.write('from the tool');
        expect(String(await log.receivedBytes(13, id))).toBe('from the tool');
        await eventually(
          () => (role === 'client' ? client.pendingDataLength : agent.getPendingDataLength(id)) === 0,
          'The end of sending',
        );
        if (role === 'client') client.end();
        else agent.end(id);
        running.stdin.end();
        const received = await within(arrived, 20_000, 'The end of the tool');
        expect(received).toHaveLength(total);
        expect(() => new Pattern().check(received)).not.toThrow();
        await log.until(() => log.names(id).includes('onClose'), 'The close');
      }
    });
  });
});
