// SPDX-License-Identifier: Apache-2.0
// Answers every request over TLS, with the certificate and key argv[2] and argv[3] and else the defaults of @hp/ssl, and
// prints its port. (testssl.sh makes some of its tests of HTTP servers alone.)
import { SslContext, SslServer } from '@hp/ssl';

const [cert, key] = process.argv.slice(2);
const answer = [
  'HTTP/1.1 200 OK',
  'Content-Type: text/plain',
  'Content-Length: 2',
  'Connection: close',
  '',
  'OK',
].join('\r\n');

const server = new SslServer(
  {
    onReceive(it, id) {
      it.send(id, Buffer.from(answer));
      it.end(id);
    },
  },
  { context: new SslContext({ cert, key }) },
);
server.start('127.0.0.1');
console.log(server.listenAddress.port);
