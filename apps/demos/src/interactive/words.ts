// SPDX-License-Identifier: Apache-2.0

/** A command was typed wrongly; the message says what it needs. */
export class CommandError extends Error {}

/** What was typed after the name of a command, taken word by word. */
export class Words {
  #rest: string;

  constructor(text: string) {
    this.#rest = text.trim();
  }

  /** The id of a connection; it must be there. */
  id(): number {
    const word = this.#next();
    if (/^[1-9]\d{0,14}$/.test(word)) return Number(word);
    throw new CommandError(`the id of a connection is missing${word === '' ? '' : `: '${word}' is none`}`);
  }

  /** The name or address of a host; `undefined` where there is nothing more. */
  host(): string | undefined {
    const word = this.#next();
    return word === '' ? undefined : word;
  }

  /** A port; it must be there. */
  port(): number {
    const word = this.#next();
    if (/^\d{1,5}$/.test(word) && Number(word) <= 65_535) return Number(word);
    throw new CommandError(`the port is missing${word === '' ? '' : `: '${word}' is none`}`);
  }

  /** `0` or `1`. */
  flag(initial: boolean): boolean {
    const word = this.#next();
    if (word === '') return initial;
    if (word === '0' || word === '1') return word === '1';
    throw new CommandError(`expected 0 or 1 instead of '${word}'`);
  }

  /** Seconds, as milliseconds. */
  milliseconds(initialSeconds: number): number {
    const word = this.#next();
    if (word === '') return 1000 * initialSeconds;
    if (/^\d{1,7}$/.test(word)) return 1000 * Number(word);
    throw new CommandError(`expected a number of seconds instead of '${word}'`);
  }

  /** Everything that is left; there must be some. */
  text(): string {
    if (this.#rest === '') throw new CommandError('the text is missing');
    const text = this.#rest;
    this.#rest = '';
    return text;
  }

  /** Throws where something is left. */
  end(): void {
    if (this.#rest !== '') throw new CommandError(`'${this.#rest}' is too much`);
  }

  #next(): string {
    const [word = ''] = /^\S*/.exec(this.#rest) ?? [];
    this.#rest = this.#rest.slice(word.length).trimStart();
    return word;
  }
}
