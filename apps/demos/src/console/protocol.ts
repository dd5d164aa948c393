// SPDX-License-Identifier: Apache-2.0
// What the page and the console say to each other: JSON, in text messages of a WebSocket. Both sides import this.
import type { ComponentOptions, KindName } from './kinds.js';

/** Something the page asks for. Everything in it is checked before anything is done. */
export type Request =
  /**
   * Makes a component and starts it; nothing stays of one that cannot be started. Options that are absent are as the
   * form of the kind begins.
   */
  | { readonly type: 'create'; readonly kind: KindName; readonly options: Partial<ComponentOptions> }
  /** Starts one that was stopped, with the options it has. */
  | { readonly type: 'start'; readonly component: number }
  | { readonly type: 'stop'; readonly component: number }
  /** Forgets one that is stopped. */
  | { readonly type: 'remove'; readonly component: number }
  /** Has an agent make more connections. */
  | { readonly type: 'connect'; readonly component: number; readonly count: number }
  /** Begins a load, or with another one changes it. */
  | { readonly type: 'load'; readonly component: number; readonly load: Load }
  | { readonly type: 'unload'; readonly component: number }
  /** Sends text as UTF-8, or the bytes that hexadecimal digits stand for. */
  | {
      readonly type: 'send';
      readonly component: number;
      readonly connection: number;
      readonly encoding: Encoding;
      readonly data: string;
    }
  | {
      readonly type: 'pause';
      readonly component: number;
      readonly connection: number;
      readonly isPaused: boolean;
    }
  | { readonly type: 'disconnect'; readonly component: number; readonly connection: number }
  /** Which connections the page shows; 0 is no component. */
  | {
      readonly type: 'watch';
      readonly component: number;
      readonly offset: number;
      readonly limit: number;
    };

export type Encoding = 'text' | 'hex';

/** Messages whose echo each connection of an agent or a client waits for. */
export interface Load {
  /** Bytes of a message. */
  readonly size: number;
  /** Milliseconds from one message to the next; 0: the next one follows the echo of the last. */
  readonly intervalMs: number;
}

/** Says that a request has been carried out, or why not. */
export interface Answer {
  readonly type: 'answer';
  readonly request: number;
  readonly error?: string;
  /** The component that `create` has made. */
  readonly component?: number;
}

/** What is new since the last one. The page gets at most five a second. */
export interface Update {
  readonly type: 'update';
  readonly components: readonly ComponentView[];
  readonly connections: ConnectionSlice;
  readonly samples: readonly Sample[];
  readonly events: readonly LoggedEvent[];
  /** The number of the last event; what is missing up to it was left out. */
  readonly lastEvent: number;
}

export type Message = Answer | Update;

export type ComponentState = 'starting' | 'started' | 'stopping' | 'stopped';

/** A component as the page shows it. */
export interface ComponentView {
  readonly id: number;
  readonly kind: KindName;
  /** Its class and its id, such as `TcpPackServer 2`. */
  readonly name: string;
  readonly state: ComponentState;
  /** Where it listens, or connects to. */
  readonly place: string;
  /** The port that it listens on. */
  readonly port?: number;
  readonly connectionCount: number;
  /** What has gone wrong last with connects that nobody waits for; empty where nothing has. */
  readonly problem: string;
  readonly load?: Load;
}

/** Some of a component's connections, oldest first. */
export interface ConnectionSlice {
  readonly component: number;
  readonly offset: number;
  readonly total: number;
  readonly rows: readonly ConnectionView[];
}

export type ConnectionState = 'opening' | 'open' | 'paused' | 'closing';

export interface ConnectionView {
  readonly id: number;
  readonly state: ConnectionState;
  readonly local: string;
  readonly remote: string;
  readonly ageMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Bytes that the system has not taken yet. */
  readonly pending: number;
}

/** What a component has done in the last second. */
export interface Sample {
  readonly component: number;
  /** Calls of `onReceive` a second. */
  readonly messages: number;
  /** Bytes received and sent a second. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Events for each call into JavaScript; absent where there was none. */
  readonly batch?: number;
  /** Milliseconds from a message of the load to the end of its echo; absent where none has come. */
  readonly latency?: { readonly p50: number; readonly p99: number };
}

/** One event of a component. */
export interface LoggedEvent {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly component: number;
  /** The name of the component, which may be gone by now. */
  readonly source: string;
  readonly name: EventName;
  /** Absent where it is about the component. */
  readonly connection?: number;
  readonly detail: string;
}

/** The events that are logged. */
export const eventNames = [
  'onPrepareListen',
  'onPrepareConnect',
  'onAccept',
  'onConnect',
  'onHandshake',
  'onReceive',
  'onSend',
  'onReject',
  'onClose',
  'onShutdown',
] as const;

export type EventName = (typeof eventNames)[number];

/** The longest message that the page may send, in bytes. */
export const MAX_REQUEST_BYTES: number = 64 * 1024;
/** The most connections that the page may be shown at once. */
export const MAX_ROWS = 100;
/** The most connections that an agent may be asked for at once. */
export const MAX_CONNECTS = 1000;
/** The longest message of a load, in bytes. */
export const MAX_LOAD_BYTES: number = 1024 * 1024;
