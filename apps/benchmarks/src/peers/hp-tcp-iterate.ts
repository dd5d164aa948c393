// SPDX-License-Identifier: Apache-2.0
import { iterateBytes, iterateConnections, TcpServer } from '@hp/tcp';

async function echo(id: number): Promise<void> {
  for await (const data of iterateBytes(server, id)) server.send(id, data);
}

const server = new TcpServer({}, { workerThreadCount: 0 });
server.start('127.0.0.1', 0);
console.log(`listening ${server.listenAddress?.port}`);
// A client that resets its connection ends the loop over it.
for await (const id of iterateConnections(server)) echo(id).catch(() => undefined);
