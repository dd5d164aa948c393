// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { cpuTimeMs, eventually, modes, Pattern } from '@hp/testkit';
import { SocketOperation } from '@hp/tcp';
import { roles, type Side } from './support/sides.js';

function isPaused(side: Side): boolean | undefined {
  const { component } = side;
  return 'isPauseReceive' in component && typeof component.isPauseReceive === 'function'
    ? component.isPauseReceive(side.id)
    : component.isPauseReceive;
}

describe.each(modes)('pauseReceive ($name)', ({ workerThreadCount }) => {
  test.each(['send', 'end', 'reset'] as const)('costs no CPU time, though the peer does %s', async (what) => {
    const opened = await Promise.all(roles.map(({ open }) => open({}, { workerThreadCount })));
    for (const side of opened) {
      side.pauseReceive();
      await eventually(() => side.component.stats().readPauses === 1, 'The pause');
      if (what === 'send') await side.peer.send('unheard');
      else side.peer[what]();
      if (what === 'reset') await side.peer.closed;
    }
    const before = cpuTimeMs();
    await new Promise((resolve) => setTimeout(resolve, 500));

    // A thread that spins would have used as much as it could get.
    expect(cpuTimeMs() - before).toBeLessThan(150);
    expect(opened.map((side) => side.log.count('onClose'))).toEqual([0, 0, 0]);
    await Promise.all(opened.map((side) => side[Symbol.asyncDispose]()));
  });

  describe.each(roles)('of a $role', ({ open }) => {
    test('nothing is received while it holds, everything after', async () => {
      await using side = await open({}, { workerThreadCount });
      expect(isPaused(side)).toBe(false);
      expect(side.pauseReceive()).toBe(true);
      expect(isPaused(side)).toBe(true);
      await eventually(() => side.component.stats().readPauses === 1, 'The pause');
      const sent = new Pattern();
      side.peer.socket.write(sent.take(100_000));
      side.send(Buffer.from('sending goes on'));
      await side.peer.receivedBytes(15);
      expect(side.log.count('onReceive')).toBe(0);
      expect(side.pauseReceive(false)).toBe(true);
      expect(isPaused(side)).toBe(false);

      const received = await side.log.receivedBytes(100_000);
      expect(() => new Pattern().check(received)).not.toThrow();
    });

    test('asking for what already is changes nothing', async () => {
      await using side = await open({}, { workerThreadCount });
      expect(side.pauseReceive(false)).toBe(true);
      expect(side.pauseReceive()).toBe(true);
      expect(side.pauseReceive(true)).toBe(true);
      expect(side.pauseReceive(false)).toBe(true);
      await side.peer.send('once is enough');

      expect(String(await side.log.receivedBytes(14))).toBe('once is enough');
    });

    test('from the moment of the call: also inside onReceive, with more on its way', async () => {
      let paused = false;
      let strays = 0;
      await using side = await open(
        {
          onReceive: (it) => {
            if (paused) strays++;
            paused = it.pauseReceive();
          },
        },
        { workerThreadCount, socketBufferSize: 1024 },
      );
      const sent = new Pattern();
      side.peer.end(sent.take(100_000));
      for (let rounds = 0; side.log.receivedLength() < 100_000; rounds++) {
        await side.log.next('onReceive', rounds + 1);
        await new Promise(setImmediate);
        paused = false;
        side.pauseReceive(false);
      }
      await side.log.next('onClose');

      expect(strays).toBe(0);
      expect(() => new Pattern().check(side.log.received())).not.toThrow();
      expect(side.log.names().at(-1)).toBe('onClose');
    });

    test('from the moment of the call: outside of callbacks, with bytes on their way', async () => {
      await using side = await open({}, { workerThreadCount });
      const sent = new Pattern();
      let strays = 0;
      for (let round = 0; round < 50; round++) {
        side.peer.socket.write(sent.take(5000));
        if (round % 2 === 0) await new Promise(setImmediate);
        side.pauseReceive();
        const before = side.log.count('onReceive');
        for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
        strays += side.log.count('onReceive') - before;
        side.pauseReceive(false);
      }
      const received = await side.log.receivedBytes(sent.position);

      expect(strays).toBe(0);
      expect(() => new Pattern().check(received)).not.toThrow();
    });

    test('a close of the peer is told after what it had sent, once reading goes on', async () => {
      await using side = await open({}, { workerThreadCount });
      side.pauseReceive();
      await eventually(() => side.component.stats().readPauses === 1, 'The pause');
      const sent = new Pattern();
      side.peer.end(sent.take(50_000));
      side.send(Buffer.from('x'));
      await side.peer.receivedBytes(1);
      expect([side.log.count('onReceive'), side.log.count('onClose')]).toEqual([0, 0]);
      expect(side.isConnected).toBe(true);
      side.pauseReceive(false);
      await side.log.next('onClose');

      expect(() => new Pattern().check(side.log.received())).not.toThrow();
      expect(side.log.receivedLength()).toBe(50_000);
      expect(side.log.all('onClose')).toMatchObject([{ operation: SocketOperation.Close, errorCode: 0 }]);
    });

    test('ends with the connection', async () => {
      await using side = await open({}, { workerThreadCount });
      side.pauseReceive();
      side.close();
      await side.log.next('onClose');

      expect(side.pauseReceive(false)).toBe(false);
    });

    test('inside onAccept and onConnect: nothing is received until it is lifted', async () => {
      await using side = await open({ onOpen: (it) => void it.pauseReceive() }, { workerThreadCount });
      await side.peer.send('early');
      side.send(Buffer.from('x'));
      await side.peer.receivedBytes(1);
      expect(side.log.count('onReceive')).toBe(0);
      side.pauseReceive(false);

      expect(String(await side.log.receivedBytes(5))).toBe('early');
    });

    test('idle and paused connections are independent: others go on', async () => {
      await using paused = await open({}, { workerThreadCount });
      await using active = await open({}, { workerThreadCount });
      paused.pauseReceive();
      await active.peer.send('going on');

      expect(String(await active.log.receivedBytes(8))).toBe('going on');
    });
  });
});
