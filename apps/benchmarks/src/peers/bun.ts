// SPDX-License-Identifier: Apache-2.0
interface BunSocket {
  /** What the kernel has not taken yet. */
  data: Uint8Array[] | undefined;
  /** @returns how many bytes the kernel took; Bun drops the rest. */
  write(data: Uint8Array): number;
}

declare const Bun: {
  listen(options: {
    hostname: string;
    port: number;
    socket: {
      data(socket: BunSocket, data: Uint8Array): void;
      drain(socket: BunSocket): void;
    };
  }): { port: number };
};

function echo(socket: BunSocket, data: Uint8Array): void {
  if (socket.data !== undefined) {
    socket.data.push(data);
    return;
  }
  const written = Math.max(socket.write(data), 0);
  if (written < data.length) socket.data = [data.subarray(written)];
}

const server = Bun.listen({
  hostname: '127.0.0.1',
  port: 0,
  socket: {
    data: echo,
    drain(socket) {
      const waiting = socket.data ?? [];
      socket.data = undefined;
      for (const data of waiting) echo(socket, data);
    },
  },
});
console.log(`listening ${server.port}`);
