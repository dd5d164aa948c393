// SPDX-License-Identifier: Apache-2.0
import {
  type ComponentOptions,
  type Field,
  fields,
  type KindName,
  kindNames,
  kinds,
  type OptionName,
} from './kinds.js';
import {
  type Load,
  MAX_CONNECTS,
  MAX_LOAD_BYTES,
  MAX_REQUEST_BYTES,
  MAX_ROWS,
  type Request,
} from './protocol.js';
import { Members, RequestError } from './reading.js';

const MAX_TEXT = 255;
const MAX_INTERVAL_MS = 60_000;

/** What each type of request is made of. */
const readers: {
  readonly [Type in Request['type']]: (members: Members) => Omit<Request & { type: Type }, 'type'>;
} = {
  create: (members) => {
    const kind = members.oneOf('kind', kindNames);
    return { kind, options: readOptions(kind, members.any('options')) };
  },
  start: component,
  stop: component,
  remove: component,
  unload: component,
  connect: (members) => ({ ...component(members), count: members.whole('count', 1, MAX_CONNECTS) }),
  load: (members) => ({ ...component(members), load: readLoad(members.any('load')) }),
  send: (members) => ({
    ...connection(members),
    encoding: members.oneOf('encoding', ['text', 'hex']),
    data: members.text('data', MAX_REQUEST_BYTES),
  }),
  pause: (members) => ({ ...connection(members), isPaused: members.flag('isPaused') }),
  disconnect: connection,
  watch: (members) => ({
    component: members.whole('component', 0),
    offset: members.whole('offset', 0),
    limit: members.whole('limit', 0, MAX_ROWS),
  }),
};

const types = Object.keys(readers) as Request['type'][];

/** The number of a request, by which it can be answered. */
export function readNumber(members: Members): number {
  return members.whole('request', 1);
}

/** Reads the rest of a request whose number has been read. */
export function readRequest(members: Members): Request {
  const type = members.oneOf('type', types);
  const request = { type, ...readers[type](members) } as Request;
  members.end();
  return request;
}

/** Options of a component; others than those of its kind there must not be. */
export function readOptions(kind: KindName, value: unknown): Partial<ComponentOptions> {
  const members = new Members(value, 'options');
  const given = [...kinds[kind].options, ...kinds[kind].more]
    .filter((name) => members.any(name) !== undefined)
    .map((name) => [name, readOption(members, name)]);
  members.end();
  return Object.fromEntries(given) as Partial<ComponentOptions>;
}

/** The bytes that hexadecimal digits stand for; white space between bytes counts for nothing. */
export function readHex(text: string): Buffer {
  const digits = text.replaceAll(/\s+/g, '');
  if (!/^([0-9a-f]{2})+$/i.test(digits)) {
    throw new RequestError('hex must be pairs of the digits 0 to 9 and a to f, such as 48 69');
  }
  return Buffer.from(digits, 'hex');
}

function readOption(members: Members, name: OptionName): string | number | boolean {
  const field: Field<string | number | boolean> = fields[name];
  switch (typeof field.initial) {
    case 'boolean':
      return members.flag(name);
    case 'number':
      return members.number(name, field.max);
    default: {
      const { choices } = field;
      return choices === undefined
        ? members.text(name, MAX_TEXT)
        : members.oneOf(name, choices as readonly string[]);
    }
  }
}

function readLoad(value: unknown): Load {
  const members = new Members(value, 'load');
  const load = {
    size: members.whole('size', 1, MAX_LOAD_BYTES),
    intervalMs: members.whole('intervalMs', 0, MAX_INTERVAL_MS),
  };
  members.end();
  return load;
}

function component(members: Members): { component: number } {
  return { component: members.whole('component', 1) };
}

function connection(members: Members): { component: number; connection: number } {
  return { ...component(members), connection: members.whole('connection', 1) };
}
