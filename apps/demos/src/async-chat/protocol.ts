// SPDX-License-Identifier: Apache-2.0

/** The port of the chat where nobody chooses another. */
export const CHAT_PORT = 9901;

/** What a client says to leave, and what the server answers. */
export const QUIT = 'quit';

/** What the server answers to anything else. */
export function acknowledge(text: string): string {
  return `Message received - ${text}`;
}
