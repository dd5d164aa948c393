// SPDX-License-Identifier: Apache-2.0
import type { Component, MultiConnectionComponent } from '@hp/core-native';
import { ErrorCode, HandleResult } from '@hp/tcp';
import type { EventLog } from '../terminal/event-log.js';
import { type Conversation, hear } from './conversation.js';
import type { Reception } from './fetch-messages.js';
import { encodeMessage } from './message.js';

/** One connection of a component, how its bytes are fetched, and where its messages are shown. */
export interface Peer<TComponent extends Component> {
  readonly component: TComponent;
  readonly id: number;
  readonly fetch: Reception['fetch'];
  readonly log: EventLog;
}

/** What an echo server does with messages: each goes back whole, under its number. */
export function answering(peer: Peer<MultiConnectionComponent>): Reception {
  const { component, id, fetch, log } = peer;
  return {
    fetch,
    take: (message) => {
      log.fetched(id, message);
      const { sequence, body } = message;
      return component.sendPackets(id, encodeMessage(sequence, body)) ? HandleResult.Ok : HandleResult.Error;
    },
    refuse: (problem) => refuse(peer, problem),
  };
}

/** What the other side does with them: each is to be what was said, in the order in which it was said. */
export function checking(peer: Peer<Component>, conversation: Conversation): Reception {
  const { id, fetch, log } = peer;
  return {
    fetch,
    take: (message) => {
      log.fetched(id, message);
      const problem = hear(conversation, message);
      return problem === undefined ? HandleResult.Ok : refuse(peer, problem);
    },
    refuse: (problem) => refuse(peer, problem),
  };
}

function refuse({ component, id, log }: Peer<Component>, problem: string): HandleResult {
  log.event('refused', id, problem);
  component.lastErrorCode = ErrorCode.BadMessage;
  return HandleResult.Error;
}
