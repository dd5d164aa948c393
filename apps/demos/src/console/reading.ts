// SPDX-License-Identifier: Apache-2.0
// Reads values that nobody has vouched for. Each function throws where a value is not what it has to be.

/** What the page has asked for is wrong, or cannot be done; the message tells the page why. */
export class RequestError extends Error {}

/** The members of a JSON object. */
export class Members {
  readonly #value: object;
  readonly #taken: Set<string> = new Set();

  constructor(value: unknown, name: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new RequestError(`${name} must be an object`);
    }
    this.#value = value;
  }

  /** A member of any kind; `undefined` where there is none. */
  any(name: string): unknown {
    this.#taken.add(name);
    return Object.getOwnPropertyDescriptor(this.#value, name)?.value;
  }

  /** A number that JSON can hold; ranges that components check are theirs. */
  number(name: string, max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.any(name);
    if (typeof value !== 'number') throw new RequestError(`${name} must be a number`);
    if (value > max) throw new RequestError(`${name} must be at most ${max}`);
    return value;
  }

  whole(name: string, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.any(name);
    if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) {
      return value as number;
    }
    const to = max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`;
    throw new RequestError(`${name} must be a whole number from ${min}${to}`);
  }

  text(name: string, maxLength: number): string {
    const value = this.any(name);
    if (typeof value !== 'string') throw new RequestError(`${name} must be text`);
    if (value.length > maxLength) throw new RequestError(`${name} must have at most ${maxLength} characters`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.any(name);
    if (typeof value !== 'boolean') throw new RequestError(`${name} must be true or false`);
    return value;
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.any(name);
    const choice = choices.find((each) => each === value);
    if (choice === undefined) throw new RequestError(`${name} must be one of ${choices.join(', ')}`);
    return choice;
  }

  /** Throws where there is a member that nobody has asked for. */
  end(): void {
    const more = Object.keys(this.#value).find((name) => !this.#taken.has(name));
    if (more !== undefined) throw new RequestError(`there is no '${more.slice(0, 40)}' here`);
  }
}
