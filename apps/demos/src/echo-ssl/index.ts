// SPDX-License-Identifier: Apache-2.0
import type { Demo } from '../demo.js';
import { defineClient } from './client.js';
import { defineServer } from './server.js';

/** TestEcho-SSL: the echo of `echo` over TLS, with certificates on both sides. */
export const echoSsl: Demo = {
  name: 'echo-ssl',
  original: 'TestEcho-SSL',
  summary: 'echo over TLS that shows every event, and who the peer is',
  define: (command) => {
    defineServer(command.command('server'));
    defineClient(command.command('client'));
  },
  smoke: async (launch) => {
    await using server = launch('echo-ssl', 'server', '-b', '127.0.0.1', '-p', '0');
    const port = await server.port();
    await using client = launch('echo-ssl', 'client', '-p', port);
    await client.shows(/#1 +onHandshake +TLSv1\.3, .* with O=DEMO ONLY, CN=localhost \(verified\)\n/);
    client.type('send hello');
    await client.shows(/#1 +onReceive +5 bytes: hello\n/);
    await server.shows(/#1 +onHandshake +TLSv1\.3, .* with O=DEMO ONLY, CN=client \(verified\)\n/);
    await using stranger = launch('echo-ssl', 'client', '-p', port, '--server-name', 'example.org');
    await stranger.shows(/#1 +onClose +Receive failed with 74: .*certificate verify failed/);
    for (const demo of [client, stranger, server]) await demo.quits();
  },
};
