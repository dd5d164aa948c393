// SPDX-License-Identifier: Apache-2.0
// The same framing on node:net, written with care: packs in one chunk are not copied, what one chunk brought is
// sent in one call.
import { createServer, type AddressInfo, type Socket } from 'node:net';

const HEADER_BYTES = 4;

function serve(socket: Socket): void {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let wanted = HEADER_BYTES;
  const send = (body: Buffer): void => {
    const header = Buffer.allocUnsafe(HEADER_BYTES);
    header.writeUInt32LE(body.length);
    socket.write(header);
    socket.write(body);
  };
  socket.on('data', (chunk) => {
    let data = chunk;
    if (keptBytes !== 0) {
      kept.push(chunk);
      keptBytes += chunk.length;
      if (keptBytes < wanted) return;
      data = Buffer.concat(kept, keptBytes);
      kept = [];
      keptBytes = 0;
    }
    socket.cork();
    let at = 0;
    wanted = HEADER_BYTES;
    while (data.length - at >= HEADER_BYTES) {
      const length = data.readUInt32LE(at) & 0x3f_ffff;
      wanted = HEADER_BYTES + length;
      if (data.length - at < wanted) break;
      send(data.subarray(at + HEADER_BYTES, at + wanted));
      at += wanted;
      wanted = HEADER_BYTES;
    }
    socket.uncork();
    if (at < data.length) {
      kept.push(data.subarray(at));
      keptBytes = data.length - at;
    }
  });
  socket.on('error', () => socket.destroy());
}

const server = createServer({ noDelay: true }, serve);
server.listen(0, '127.0.0.1', () => {
  console.log(`listening ${(server.address() as AddressInfo).port}`);
});
