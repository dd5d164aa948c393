// SPDX-License-Identifier: Apache-2.0
// The pools of HP-Socket are sizes of caches here: what a burst needed beyond them is given back.
import { describe, expect, test } from 'vitest';
import { EventLog, eventually, modes } from '@hp/testkit';
import { TcpAgent, TcpServer } from '@hp/tcp';
import { serverListener } from './support/listeners.js';
import { roles } from './support/sides.js';

/** The reactor lets go of things after JavaScript has. */
const settling = { timeout: 10_000, interval: 5 };

describe.each(modes)('what a burst leaves behind ($name)', ({ workerThreadCount }) => {
  test.each(roles)('of a $role: as many send buffers as are to be held', async ({ role, open }) => {
    const setting = role === 'client' ? 'freeBufferPoolHold' : 'freeBufferObjHold';
    for (const hold of [0, 3, 10]) {
      await using side = await open({}, { workerThreadCount, peerReads: false, [setting]: hold });
      const block = Buffer.alloc(1024 * 1024);
      let sent = 0;
      while (side.pendingDataLength < 8 * block.length && side.send(block)) sent += block.length;
      await eventually(() => side.component.stats().queuedBytes > block.length, 'The queue');
      side.peer.resume();
      await side.peer.receivedBytes(sent);

      const kept = { queuedBytes: 0, cachedBuffers: hold };
      await expect.poll(() => side.component.stats(), settling).toMatchObject(kept);
    }
  });

  test('of a server: places for connections, in segments of 256 and more', async () => {
    const connections = 1000;
    const segments = 256 * Math.max(1, workerThreadCount);
    for (const freeSocketObjHold of [0, connections]) {
      const log = new EventLog();
      const settings = { workerThreadCount, freeSocketObjHold };
      await using server = new TcpServer(serverListener(log), settings);
      server.start('127.0.0.1');
      {
        await using agent = new TcpAgent({}, { workerThreadCount, freeSocketObjHold: 0 });
        agent.start();
        const { port } = server.listenAddress!;
        await Promise.all(Array.from({ length: connections }, () => agent.connectAsync('127.0.0.1', port)));
        await log.next('onAccept', connections);
      }
      await log.next('onClose', connections);

      const isKept = (count: number) =>
        freeSocketObjHold === 0 ? count <= segments : count >= freeSocketObjHold;
      await expect.poll(() => server.stats().cachedConnections, settling).toSatisfy(isKept);
    }
  });
});
