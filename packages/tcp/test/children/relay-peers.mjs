// SPDX-License-Identifier: Apache-2.0
// Both peers of a relay: sends a gigabyte to the port it is told, and checks what arrives at the port
// that it prints, reading slowly. Prints how much that was.
import net from 'node:net';

const [port, total] = process.argv.slice(2).map(Number);
// The bytes at every place of the stream are known: a prime period, so that nothing divides it.
const PERIOD = 65_521;
const PIECE = 1024 * 1024;
const pattern = Buffer.alloc(PERIOD + PIECE);
for (let at = 0; at < PERIOD; at++) pattern[at] = Math.imul(at, 0x9e37_79b1) >>> 24;
for (let at = PERIOD; at < pattern.length; at += PERIOD) pattern.copy(pattern, at, 0, PERIOD);

let received = 0;
let rested = 0;
const listener = net.createServer((socket) => {
  listener.close();
  socket.on('data', (data) => {
    const from = received % PERIOD;
    if (data.compare(pattern, from, from + data.length) !== 0)
      throw new Error(`bytes differ from ${received} on`);
    received += data.length;
    if (received - rested < 16 * PIECE) return;
    rested = received;
    socket.pause();
    setTimeout(() => socket.resume(), 5);
  });
  socket.on('end', () => console.log(received));
});
listener.listen(0, '127.0.0.1', () => console.log(listener.address().port));

let sent = 0;
const sender = net.connect(port, '127.0.0.1');
const send = () => {
  while (sent < total) {
    const from = sent % PERIOD;
    const length = Math.min(PIECE, total - sent);
    sent += length;
    if (!sender.write(pattern.subarray(from, from + length))) return;
  }
  sender.end();
};
sender.on('connect', send).on('drain', send);
