// SPDX-License-Identifier: Apache-2.0
// Prints how servers, with and without threads, fail to start on a port that is in use.
import { UdpServer } from '../../dist/index.js';

const port = Number(process.argv[2]);
for (const workerThreadCount of [process.platform === 'win32' ? 1 : 0, 1, 2]) {
  const server = new UdpServer({}, { workerThreadCount });
  try {
    server.start('127.0.0.1', port);
    console.log('started');
  } catch ({ code, systemCode }) {
    console.log(code, systemCode);
  }
  await server.stop();
}
