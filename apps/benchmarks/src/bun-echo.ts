// SPDX-License-Identifier: Apache-2.0
interface BunSocket {
  /** What the kernel has not taken yet. */
  data: Uint8Array[] | undefined;
  /** @returns how many bytes the kernel took; Bun drops the rest. */
  write(data: Uint8Array): number;
}

declare const Bun: {
  file(path: string): unknown;
  listen(options: {
    hostname: string;
    port: number;
    socket: {
      data(socket: BunSocket, data: Uint8Array): void;
      drain(socket: BunSocket): void;
    };
    tls?: { cert: unknown; key: unknown };
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

/** Serves, under Bun; with the paths of a certificate and its key over TLS. */
export function listen(cert?: string, key?: string): void {
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
    ...(cert === undefined || key === undefined ? {} : { tls: { cert: Bun.file(cert), key: Bun.file(key) } }),
  });
  console.log(`listening ${server.port}`);
}
