// SPDX-License-Identifier: Apache-2.0
import { SocketError } from './enums.js';
import { HpSocketError } from './errors.js';

/** What a setting may be, and what it is when nobody sets it. */
export interface SettingRule {
  /** The value when nobody sets it. */
  readonly initial: unknown;
  /** The range in words, for messages. */
  readonly range: string;
  /** Whether `value` lies in it. */
  accepts(value: unknown): boolean;
}

/** The rules of a component's settings, by name. */
export type SettingRules = Readonly<Record<string, SettingRule>>;

/** The rule of a whole number from `min` to `max`, and 0 besides where `orZero` says so. */
export function wholeNumber(initial: number, min: number, max: number, orZero?: 'or 0'): SettingRule {
  return {
    initial,
    range: `a whole number from ${String(min)} to ${String(max)}${orZero === undefined ? '' : ', or 0'}`,
    accepts: (value) =>
      Number.isSafeInteger(value) &&
      (((value as number) >= min && (value as number) <= max) || (orZero !== undefined && value === 0)),
  };
}

/** The rule of a switch: `true` or `false`. */
export function flag(initial: boolean): SettingRule {
  return { initial, range: 'true or false', accepts: (value) => typeof value === 'boolean' };
}

/** The rule of a choice: one of `values`. */
export function oneOf(initial: unknown, ...values: readonly unknown[]): SettingRule {
  return {
    initial,
    range: `one of ${values.map(String).join(', ')}`,
    accepts: (value) => values.includes(value),
  };
}

/** Either of two rules; the initial value is that of the first. */
export function either(rule: SettingRule, other: SettingRule): SettingRule {
  return {
    initial: rule.initial,
    range: `${rule.range}, or ${other.range}`,
    accepts: (value) => rule.accepts(value) || other.accepts(value),
  };
}

function show(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/**
 * Throws unless `value` is what `rule` asks of `name`.
 * @throws HpSocketError (`SE_INVALID_PARAM`) that names the setting, its range and the value.
 */
export function checkSetting(name: string, rule: SettingRule, value: unknown): void {
  if (rule.accepts(value)) return;
  throw new HpSocketError(SocketError.InvalidParam, `${name} must be ${rule.range}; it is ${show(value)}.`);
}

/** The settings of one component: checked when set, at their initial value until then. */
export class SettingStore {
  readonly #rules: SettingRules;
  readonly #values: Map<string, unknown> = new Map();

  constructor(rules: SettingRules) {
    this.#rules = rules;
  }

  /** The value of a setting; `undefined` where there is none of that name. */
  get(name: string): unknown {
    return this.#values.has(name) ? this.#values.get(name) : this.#rules[name]?.initial;
  }

  /**
   * Sets a setting.
   * @throws HpSocketError for an unknown name or a value outside its range.
   */
  set(name: string, value: unknown): void {
    const rule = this.#rules[name];
    if (rule === undefined) {
      throw new HpSocketError(SocketError.InvalidParam, `There is no setting named ${show(name)}.`);
    }
    checkSetting(name, rule, value);
    this.#values.set(name, value);
  }

  /** Takes over every property of `options` that is not `undefined`. */
  setAll(options: object): void {
    for (const [name, value] of Object.entries(options)) {
      if (value !== undefined) this.set(name, value);
    }
  }
}

const PORT = wholeNumber(0, 0, 65_535);

const TIMEOUT = wholeNumber(0, 0, 2_147_483_647);

/**
 * Throws unless `timeoutMs` is a whole number of milliseconds up to 2,147,483,647; 0 is none.
 * @throws HpSocketError (`SE_INVALID_PARAM`) that calls the argument `name`.
 */
export function checkTimeout(timeoutMs: unknown, name = 'timeoutMs'): void {
  checkSetting(name, TIMEOUT, timeoutMs);
}

/**
 * Throws unless `port` is 0 to 65,535.
 * @throws HpSocketError (`SE_INVALID_PARAM`) that calls the argument `name`.
 */
export function checkPort(port: unknown, name = 'port'): void {
  checkSetting(name, PORT, port);
}
