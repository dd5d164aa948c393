// SPDX-License-Identifier: Apache-2.0
import { describeError, ErrorCode, SocketOperation } from '@hp/tcp';
import type { Errand } from './errand.js';
import { frame, LAST_CHUNK } from './message/body-frames.js';
import { type BodyReader, readerFor } from './message/body-reader.js';
import { type Framing, NO_BODY } from './message/framing.js';
import { headLength, MalformedMessage } from './message/head.js';
import { formatRequest, isRepeatable, type Request } from './message/request.js';
import { formatResponse, outgoingFraming, parseResponse, type Response } from './message/response.js';
import type { Target } from './message/target.js';
import type { Pair } from './pair.js';
import { Refusal } from './refusal.js';

/** How an exchange has ended. */
export interface Outcome {
  readonly status: number;
  /** Of the content of the response. */
  readonly bytes: number;
  /** Whether the client may send another request on its connection. */
  readonly clientPersists: boolean;
  /** Whether the connection to the host may be used again. */
  readonly hostPersists: boolean;
}

const LONGEST_HEAD_BYTES = 64 * 1024;

/** A response that is on its way to the client. */
interface Answer {
  readonly response: Response;
  readonly framing: Framing;
  readonly body: BodyReader;
  readonly clientPersists: boolean;
}

/** A request and its response. Both are passed on as they come. */
export class Exchange implements Errand {
  readonly #pair: Pair;
  readonly #request: Request;
  readonly #requestBody: BodyReader;
  readonly #onDone: (outcome: Outcome) => void;
  #hasBegun = false;
  #hasHeard = false;
  /** Of a response whose head is not yet complete. */
  #head: Buffer = Buffer.alloc(0);
  #answer: Answer | undefined;
  #bytes = 0;

  constructor(pair: Pair, request: Request, onDone: (outcome: Outcome) => void) {
    this.#pair = pair;
    this.#request = request;
    this.#requestBody = readerFor(request.framing);
    this.#onDone = onDone;
  }

  get target(): Target {
    return this.#request.target;
  }

  get isRepeatable(): boolean {
    return !this.#hasHeard && isRepeatable(this.#request);
  }

  get isAnswered(): boolean {
    return this.#answer !== undefined;
  }

  begin(): void {
    this.#hasBegun = true;
    this.#pair.toHost(formatRequest(this.#request));
  }

  takeRequest(data: Buffer): number {
    if (this.#answer?.response.isUpgrade === true) {
      this.#pair.toHost(data);
      return data.length;
    }
    if (!this.#hasBegun || this.#requestBody.isComplete || this.#pair.isHostCongested) return 0;
    const { framing } = this.#request;
    const body = this.#requestBody;
    const taken = body.read(data, (piece) => this.#pair.toHost(...frame(framing, piece)));
    if (body.isComplete && framing.kind === 'chunked') this.#pair.toHost(LAST_CHUNK);
    return taken;
  }

  takeResponse(data: Buffer): void {
    this.#hasHeard = true;
    let rest = this.#head.length === 0 ? data : Buffer.concat([this.#head, data]);
    while (this.#answer === undefined) {
      const length = headLength(rest);
      if ((length ?? rest.length) > LONGEST_HEAD_BYTES) throw new MalformedMessage('its head is too long');
      this.#head = length === undefined ? Buffer.from(rest) : Buffer.alloc(0);
      if (length === undefined) return;
      this.#answer = this.#takeHead(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
    this.#takeBody(rest, this.#answer);
  }

  lost(operation: SocketOperation, errorCode: ErrorCode): void {
    const isWhole = errorCode === ErrorCode.Ok && this.#answer?.response.framing.kind === 'close';
    if (this.#answer !== undefined && isWhole) {
      this.#finish(this.#answer, false);
      return;
    }
    throw lossOf(this.target, operation, errorCode);
  }

  /** Passes a head on; none where another one follows. */
  #takeHead(head: Buffer): Answer | undefined {
    const response = parseResponse(head, this.#request);
    if (response.isInterim) {
      if (!this.#request.isOldest) this.#pair.toClient(formatResponse(response, NO_BODY, false));
      return undefined;
    }
    const framing = outgoingFraming(response, this.#request);
    // A client that is still sending is told in time: what it sends after the response is not read as a request.
    const clientPersists = this.#request.persists && this.#requestBody.isComplete && framing.kind !== 'close';
    this.#pair.toClient(formatResponse(response, framing, !clientPersists && !response.isUpgrade));
    return { response, framing, body: readerFor(response.framing), clientPersists };
  }

  #takeBody(data: Buffer, answer: Answer): void {
    if (answer.response.isUpgrade) {
      if (data.length > 0) this.#pair.toClient(data);
      this.#pair.join();
      return;
    }
    const taken = answer.body.read(data, (piece) => {
      this.#bytes += piece.length;
      this.#pair.toClient(...frame(answer.framing, piece));
    });
    // What comes after a response is an answer to nothing.
    if (answer.body.isComplete) this.#finish(answer, answer.response.persists && taken === data.length);
  }

  #finish({ response, framing, clientPersists }: Answer, hostPersists: boolean): void {
    if (framing.kind === 'chunked') this.#pair.toClient(LAST_CHUNK);
    this.#onDone({
      status: response.status,
      bytes: this.#bytes,
      clientPersists,
      hostPersists: hostPersists && this.#requestBody.isComplete,
    });
  }
}

/** What the client is told of a host that cannot be reached, or has gone. */
export function lossOf({ authority }: Target, operation: SocketOperation, errorCode: ErrorCode): Refusal {
  const isLate = errorCode === ErrorCode.TimedOut;
  const why = errorCode === ErrorCode.Ok ? '' : `: ${describeError(errorCode)}`;
  if (operation === SocketOperation.Connect) {
    return new Refusal(isLate ? 504 : 502, `${authority} cannot be connected${why}`);
  }
  if (isLate) return new Refusal(504, `${authority} has been silent for too long`);
  return new Refusal(502, `${authority} has closed before the end of its response${why}`);
}
