// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import path from 'node:path';

const native = path.join(import.meta.dirname, '../../native');

/** The bytes of a field; an enumeration's are those it is declared with. */
const sizes: Readonly<Record<string, number>> = {
  'std::uint8_t': 1,
  'std::uint16_t': 2,
  'std::uint32_t': 4,
  'std::int32_t': 4,
};

/** `kDrain` and `id_low` as TypeScript writes them: `Drain`, `IdLow`. */
function pascalCase(name: string): string {
  return name
    .replace(/^k(?=[A-Z])/, '')
    .replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** As `pascalCase`, from a small letter on: `bytesSent`. */
export function camelCase(name: string): string {
  const pascal = pascalCase(name);
  return pascal.charAt(0).toLowerCase() + pascal.slice(1);
}

/** Matches in the order of the text, as their groups. */
export function groupsOf(text: string, pattern: RegExp): string[][] {
  return Array.from(text.matchAll(pattern), ([, ...groups]) => groups);
}

/** The text of a C++ file of the core, without comments. */
export function readNative(file: string): string {
  return readFileSync(path.join(native, file), 'utf8').replaceAll(/\/\/.*/g, '');
}

/** What a C++ header of the core declares. Each look-up throws where the name is not declared. */
export class CppHeader {
  readonly #file: string;
  readonly #text: string;

  constructor(file: string) {
    this.#file = file;
    this.#text = readNative(file);
  }

  /** A `constexpr` number. */
  constant(name: string): number {
    const [value = ''] = this.#find(`constexpr [\\w:]+ ${name} = ([^;]+);`);
    return this.#number(value);
  }

  /** The members of an enumeration, by their names in TypeScript. */
  enumeration(name: string): Record<string, number> {
    const [members = ''] = this.#find(`enum (?:class )?${name} : [\\w:]+ \\{([^}]*)\\}`);
    const pairs = groupsOf(members, /(\w+) = (\w+)/g);
    if (pairs.length !== members.split(',').filter((member) => member.trim() !== '').length) {
      throw new Error(`${this.#file}: a member of ${name} has no number`);
    }
    return Object.fromEntries(pairs.map(([member = '', value = '']) => [pascalCase(member), Number(value)]));
  }

  /** Where each field of a struct of numbers begins, by its name in TypeScript, and the struct's size. */
  layout(name: string, others: readonly CppHeader[] = []): { fields: Record<string, number>; size: number } {
    const [body = ''] = this.#find(`struct ${name} \\{([\\s\\S]*?)\\n\\};`);
    const fields: Record<string, number> = {};
    let size = 0;
    for (const [type = '', field = ''] of groupsOf(body, /^ {2}([\w:]+) (\w+)(?: = [\w:]+)?;/gm)) {
      const bytes = [this, ...others]
        .map((header) => header.#sizeOf(type))
        .find((each) => each !== undefined);
      if (bytes === undefined) throw new Error(`${this.#file}: ${type} has no known size`);
      size = Math.ceil(size / bytes) * bytes;
      fields[pascalCase(field)] = size;
      size += bytes;
    }
    return { fields, size };
  }

  #find(pattern: string): string[] {
    const match = new RegExp(pattern).exec(this.#text);
    if (match === null) throw new Error(`${this.#file} has nothing like ${pattern}`);
    return match.slice(1);
  }

  #number(expression: string): number {
    const [left = '', right] = expression.split('<<').map((part) => part.trim());
    const value = right === undefined ? Number(left) : Number(left) << Number(right);
    if (Number.isNaN(value)) throw new Error(`${this.#file}: ${expression} is no number`);
    return value;
  }

  #sizeOf(type: string): number | undefined {
    const base = new RegExp(`enum class ${type} : ([\\w:]+)`).exec(this.#text)?.[1];
    return sizes[base ?? type];
  }
}
