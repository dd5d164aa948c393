// SPDX-License-Identifier: Apache-2.0
// The head of an HTTP/1.1 message: a start line, fields, and an empty line, each ended by CR LF (RFC 9112).

/** One line of a head below the start line. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** A head as it has come, in its order. */
export interface Head {
  readonly startLine: string;
  readonly fields: readonly Field[];
}

/** A message breaks the rules. Nothing is guessed: two programs that guess differently can be played off against each other. */
export class MalformedMessage extends Error {}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What is left of a line's text when no control character may be in it. */
const FIELD_TEXT = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The length of the head that `data` begins with, up to and with its empty line; `undefined` while that has not
 * come. 2 is an empty line alone.
 */
export function headLength(data: Buffer): number | undefined {
  let lineStart = 0;
  for (let at = data.indexOf(LINE_FEED); at >= 0; at = data.indexOf(LINE_FEED, lineStart)) {
    if (data[at - 1] !== CARRIAGE_RETURN) throw new MalformedMessage('a line does not end with CR LF');
    if (at - 1 === lineStart) return at + 1;
    lineStart = at + 1;
  }
  return undefined;
}

/** Takes a whole head apart. */
export function parseHead(data: Buffer): Head {
  const [startLine = '', ...lines] = data.toString('latin1', 0, data.length - 4).split('\r\n');
  return { startLine, fields: lines.map(parseField) };
}

/** Takes the line of a field apart. */
export function parseField(line: string): Field {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0));
  // A space before the colon, and a line that goes on with the next, are refused here too.
  if (!TOKEN.test(name)) throw new MalformedMessage('a field has no proper name');
  const value = line.slice(colon + 1);
  if (!FIELD_TEXT.test(value)) throw new MalformedMessage(`the field ${name} has a control character`);
  return { name, value: trimBlanks(value) };
}

/** A head as it goes out. */
export function formatHead({ startLine, fields }: Head): Buffer {
  const lines = fields.map(({ name, value }) => `${name}: ${value}\r\n`);
  return Buffer.from(`${startLine}\r\n${lines.join('')}\r\n`, 'latin1');
}

/** The values of all fields of this name, which is in small letters. */
export function valuesOf(fields: readonly Field[], name: string): string[] {
  return fields.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value);
}

/** What the fields of this name list, in small letters. */
export function listIn(fields: readonly Field[], name: string): string[] {
  return valuesOf(fields, name)
    .flatMap((value) => value.split(','))
    .map((item) => trimBlanks(item).toLowerCase())
    .filter((item) => item !== '');
}

/** Without the spaces and tabs around it. A regular expression would take quadratic time for a long row of them. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}
