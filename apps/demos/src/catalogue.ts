// SPDX-License-Identifier: Apache-2.0
import { agentPfm } from './agent-pfm/index.js';
import { agentPullFn } from './agent-pull-fn/index.js';
import { agentPull } from './agent-pull/index.js';
import { asyncChat } from './async-chat/index.js';
import { console } from './console/index.js';
import type { Demo } from './demo.js';
import { echoPack } from './echo-pack/index.js';
import { echoPfm } from './echo-pfm/index.js';
import { echoPullFn } from './echo-pull-fn/index.js';
import { echoPull } from './echo-pull/index.js';
import { echoSslPack } from './echo-ssl-pack/index.js';
import { echoSslPfm } from './echo-ssl-pfm/index.js';
import { echoSslPullFn } from './echo-ssl-pull-fn/index.js';
import { echoSsl } from './echo-ssl/index.js';
import { echoUdpPfm } from './echo-udp-pfm/index.js';
import { echoUdp } from './echo-udp/index.js';
import { echo } from './echo/index.js';
import { httpProxy } from './http-proxy/index.js';
import { start } from './start/index.js';
import { udpCast } from './udp-cast/index.js';

/** Every demo, in the order of `--list`. */
export const demos: readonly Demo[] = [
  start,
  echo,
  echoPull,
  echoPullFn,
  echoPack,
  agentPull,
  agentPullFn,
  echoPfm,
  agentPfm,
  echoSsl,
  echoSslPullFn,
  echoSslPack,
  echoSslPfm,
  echoUdp,
  echoUdpPfm,
  udpCast,
  httpProxy,
  asyncChat,
  console,
];
