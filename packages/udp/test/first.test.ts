import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { UdpServer, UdpClient, UdpCast } from '@hp/udp';
test.each([0, 1, 2])('echo %i', async (workerThreadCount) => {
  const events: unknown[] = [];
  await using server = new UdpServer(
    {
      onAccept(_s, id, a) {
        events.push(['accept', id, a.address]);
      },
      onReceive(server, id, data) {
        events.push(['receive', id, String(data)]);
        server.send(id, data);
      },
      onClose(_s, id, op, code) {
        events.push(['close', id, op, code]);
      },
    },
    { workerThreadCount },
  );
  server.start('127.0.0.1');
  const peer = createSocket('udp4');
  peer.send('hello', server.listenAddress!.port, '127.0.0.1');
  const [m] = (await once(peer, 'message')) as [Buffer];
  expect(String(m)).toBe('hello');
  peer.close();
  const got: string[] = [];
  const client = new UdpClient(
    {
      onConnect() {
        events.push('connect');
      },
      onReceive(client, data) {
        got.push(String(data));
        void client.stop();
      },
      onClose(_c, op, code) {
        events.push(['cclose', op, code]);
      },
    },
    { workerThreadCount: Math.min(1, workerThreadCount) },
  );
  await client.startAsync('localhost', server.listenAddress!.port);
  expect(client.send(Buffer.from('from client'))).toBe(true);
  await client.wait();
  expect(got).toEqual(['from client']);
  await server.stop();
  console.log(JSON.stringify(events), server.stats());
});
test('cast', async () => {
  const got: unknown[] = [];
  await using a = new UdpCast(
    {
      onReceive(c, data) {
        got.push([c.remoteAddress, String(data)]);
      },
    },
    { multiCastLoop: true },
  );
  await using b = new UdpCast(
    {
      onReceive(c, data) {
        got.push(['b', c.remoteAddress?.address, String(data)]);
        void b.stop();
      },
    },
    { multiCastLoop: true },
  );
  a.start('239.1.2.3', 45454, { localAddress: '127.0.0.1' });
  b.start('239.1.2.3', 45454, { localAddress: '127.0.0.1' });
  a.send(Buffer.from('hi all'));
  a.send(Buffer.from(''));
  await b.wait(2000);
  console.log(JSON.stringify(got));
});
