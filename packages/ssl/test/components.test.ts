// SPDX-License-Identifier: Apache-2.0
// The components without a receive model; those with one are tested in the same way by the packages of the models.
import {
  type AgentListener,
  type ClientListener,
  type ServerListener,
  SslAgent,
  SslClient,
  SslServer,
} from '@hp/ssl';
import { type Hear, testComponents } from './support/components.js';

// Apart from `new`, which would take what is returned for a hint at the type of the data.
const echo: ServerListener<SslServer> = { onReceive: (it, id, data) => void it.send(id, data) };
const agentFor = (hear: Hear): AgentListener<SslAgent> => ({ onReceive: (_, _id, data) => hear(data) });
const clientFor = (hear: Hear): ClientListener<SslClient> => ({ onReceive: (_, data) => hear(data) });

testComponents('PUSH', {
  server: (options) => new SslServer(echo, options),
  agent: (hear, options) => new SslAgent(agentFor(hear), options),
  client: (hear, options) => new SslClient(clientFor(hear), options),
});
