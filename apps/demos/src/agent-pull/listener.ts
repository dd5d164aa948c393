// SPDX-License-Identifier: Apache-2.0
import type { TcpPullAgent } from '@hp/pull/tcp';
import { type AgentListener, ErrorCode, HandleResult } from '@hp/tcp';
import type { Load } from '../load/load.js';
import type { VerifiedStream } from '../load/verified-stream.js';
import type { Numbering } from '../messages/conversation.js';
import { fetchMessages, type Inbox } from '../messages/fetch-messages.js';
import { UNCOUNTED } from '../messages/message.js';

/** What a connection says, numbered both ways. */
export interface NumberedStream extends Inbox, Numbering {
  readonly stream: VerifiedStream;
}

/** An agent whose connections carry such streams. */
export type Agent = TcpPullAgent<NumberedStream>;

/** Checks the echoes of a load: their numbers, their lengths and their bytes. */
export function createListener(load: Load): AgentListener<Agent, number> {
  return {
    onReceive: (agent, id, available) => {
      const numbered = agent.getConnectionExtra(id);
      if (numbered === undefined) return HandleResult.Error;
      const refuse = (problem: string): HandleResult => {
        agent.lastErrorCode = ErrorCode.BadMessage;
        return load.refuse(problem);
      };
      return fetchMessages(numbered, available, {
        fetch: (length) => agent.fetch(id, length),
        take: ({ sequence, body }) => {
          const isEcho = sequence !== UNCOUNTED && body.length === load.plan.size;
          return isEcho ? load.receive(numbered.stream, body) : refuse('a message has come that is no echo');
        },
        refuse,
      });
    },
    onClose: (_, __, operation, errorCode) => load.close(operation, errorCode),
  };
}
