// SPDX-License-Identifier: Apache-2.0
// Asks the server on port argv[2] again as soon as it answers.
import { TcpClient } from '@hp/tcp';

const client = new TcpClient({
  onReceive(client, data) {
    client.send(data);
  },
});
await client.startAsync('127.0.0.1', Number(process.argv[2]));
client.send(Buffer.from('?'));
