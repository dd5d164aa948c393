// SPDX-License-Identifier: Apache-2.0
// Opens argv[4] connections to port argv[5], sends on each a message of another size, checks that it comes
// back byte for byte, ends each, and prints what it has seen. The transport is argv[2], the folder with the
// certificate argv[3].
import { randomBytes } from 'node:crypto';
import { rolesOver } from './roles.mjs';

const [transport, certificates, ...numbers] = process.argv.slice(2);
const { Agent, agentOptions } = await rolesOver(transport, certificates);
const [count, port] = numbers.map(Number);
const LARGEST = 1 << 20;
const seen = { bytes: 0, wrong: 0, closes: {} };
const messages = new Map();
const echoes = new Map();

const agent = new Agent(
  {
    onReceive(it, id, data) {
      seen.bytes += data.length;
      const echo = Buffer.concat([echoes.get(id) ?? Buffer.alloc(0), data]);
      echoes.set(id, echo);
      const message = messages.get(id);
      if (echo.length < message.length) return;
      if (!echo.equals(message)) seen.wrong++;
      it.end(id);
    },
    onClose(_it, _id, operation, errorCode) {
      const how = `${operation} ${errorCode}`;
      seen.closes[how] = (seen.closes[how] ?? 0) + 1;
    },
  },
  { workerThreadCount: 1, ...agentOptions },
);
agent.start();
for (let index = 0; index < count; index++) {
  const id = await agent.connectAsync('127.0.0.1', port);
  const message = randomBytes(index === 0 ? 1 : Math.ceil((LARGEST * index) / (count - 1)));
  messages.set(id, message);
  agent.send(id, message);
}
while (agent.connectionCount > 0) await new Promise((resolve) => setTimeout(resolve, 10));
await agent.stop();
console.log(JSON.stringify(seen));
