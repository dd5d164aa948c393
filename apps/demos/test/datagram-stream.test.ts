// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { DatagramStream } from '../src/echo-udp-pfm/datagram-stream.js';
import { Pattern } from '../src/load/pattern.js';
import { Tally } from '../src/load/tally.js';

const SIZE = 20;

interface Bench {
  readonly stream: DatagramStream;
  readonly tally: Tally;
  /** Sends so many, and returns them. */
  readonly send: (count: number) => Buffer[];
}

function bench(index = 3, pattern: Pattern = new Pattern(), tally: Tally = new Tally()): Bench {
  const stream = new DatagramStream(pattern, tally, index);
  const send = (count: number): Buffer[] => {
    const sent: Buffer[] = [];
    for (let each = 0; each < count; each++) stream.send(SIZE, (bytes) => sent.push(bytes) > 0);
    return sent;
  };
  return { stream, tally, send };
}

describe('the datagrams of one client', () => {
  it('are told apart', () => {
    const { tally, send } = bench();
    const sent = send(3);
    expect(sent.map((datagram) => datagram.readUInt32LE(4))).toEqual([0, 1, 2]);
    expect(sent.map((datagram) => datagram.readUInt32LE(0))).toEqual([3, 3, 3]);
    expect(tally).toMatchObject({ sentBytes: 60, onTheWayBytes: 60, receivedBytes: 0 });
  });

  it('may overtake each other: those before the newest are no longer waited for, but count', () => {
    const { stream, tally, send } = bench();
    const [first, second, third] = send(3) as [Buffer, Buffer, Buffer];
    expect(stream.receive(second)).toBe(true);
    expect(tally.onTheWayBytes).toBe(20);
    expect(stream.receive(first)).toBe(true);
    expect(tally.onTheWayBytes).toBe(20);
    expect(stream.receive(third)).toBe(true);
    expect(tally).toMatchObject({ onTheWayBytes: 0, receivedBytes: 60, errors: 0 });
  });

  it('may come back after nobody has waited for them any more', () => {
    const { stream, tally, send } = bench();
    const [first] = send(2) as [Buffer, Buffer];
    stream.giveUp(SIZE);
    expect(tally.onTheWayBytes).toBe(0);
    expect(stream.receive(first)).toBe(true);
    expect(tally).toMatchObject({ onTheWayBytes: 0, receivedBytes: 20, errors: 0 });
  });

  it('may not come back twice', () => {
    const { stream, tally, send } = bench();
    const [first] = send(1) as [Buffer];
    expect(stream.receive(first)).toBe(true);
    expect(stream.receive(first)).toBe(false);
    expect(tally.problem).toBe('a datagram has come back twice');
  });

  it.each([0, 4, 8, SIZE - 1])('may not come back with another byte %i', (index) => {
    const { stream, tally, send } = bench();
    const [first] = send(1) as [Buffer];
    first.writeUInt8(first.readUInt8(index) ^ 1, index);
    expect(stream.receive(first)).toBe(false);
    expect(tally.problem).toBe('a datagram has come back changed');
  });

  it('may not come back to another client', () => {
    const pattern = new Pattern();
    const [sent] = bench(1, pattern).send(1) as [Buffer];
    const other = bench(2, pattern);
    other.send(2);
    expect(other.stream.receive(sent)).toBe(false);
  });

  it('are not waited for where they could not be sent', () => {
    const { stream, tally } = bench();
    expect(stream.send(SIZE, () => false)).toBe(false);
    expect(tally).toMatchObject({ sentBytes: 0, onTheWayBytes: 0, problem: 'a send was refused' });
  });
});
