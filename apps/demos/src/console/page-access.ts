// SPDX-License-Identifier: Apache-2.0
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/**
 * Who may talk with the console: who has its URL. Any web page can make a browser send requests to loopback, so
 * what a browser says of their origin is checked too.
 */
export class PageAccess {
  readonly #host: string;
  readonly #token: string = randomBytes(24).toString('base64url');

  constructor(port: number) {
    this.#host = `127.0.0.1:${port}`;
  }

  /** The address of the page. */
  get url(): string {
    return `${this.#origin}/?token=${this.#token}`;
  }

  /** What a page may load and talk with: this server and nobody else. */
  get policy(): string {
    const self = ['script-src', 'style-src', 'base-uri', 'form-action'].map((name) => `${name} 'self'`);
    return [
      "default-src 'none'",
      ...self,
      `connect-src ws://${this.#host}`,
      'img-src data:',
      "frame-ancestors 'none'",
    ].join('; ');
  }

  /** Whether a request names this server, and not a name that was made to point here (DNS rebinding). */
  isForUs({ headers }: IncomingMessage): boolean {
    return headers.host === this.#host;
  }

  /** Whether it has the token. */
  hasToken(request: IncomingMessage): boolean {
    const given = Buffer.from(toUrl(request)?.searchParams.get('token') ?? '');
    const wanted = Buffer.from(this.#token);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }

  /** Whether a WebSocket is asked for by our own page. */
  allowsSocket(request: IncomingMessage): boolean {
    const isOurs = this.isForUs(request) && request.headers.origin === this.#origin;
    return isOurs && toUrl(request)?.pathname === '/socket' && this.hasToken(request);
  }

  get #origin(): string {
    return `http://${this.#host}`;
  }
}

/** What is asked for; `undefined` where that is no path. */
export function toUrl({ url = '' }: IncomingMessage): URL | undefined {
  const base = 'http://localhost';
  return URL.canParse(url, base) ? new URL(url, base) : undefined;
}
