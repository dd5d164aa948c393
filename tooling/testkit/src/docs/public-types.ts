// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import ts from 'typescript';

/** What a package exports, as its types say. */
export class PublicTypes {
  readonly #checker: ts.TypeChecker;
  readonly #exported: ReadonlyMap<string, ts.Symbol>;

  /** @param entry - the source file whose exports count, within the folder of the package. */
  constructor(folder: string, entry = 'src/index.ts') {
    const config = ts.readConfigFile(path.join(folder, 'tsconfig.json'), (file) => ts.sys.readFile(file));
    const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, folder);
    const file = path.join(folder, entry);
    const program = ts.createProgram([file], options);
    const source = program.getSourceFile(file);
    this.#checker = program.getTypeChecker();
    const module = source && this.#checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${entry} is no module.`);
    this.#exported = new Map(
      this.#checker.getExportsOfModule(module).map((symbol) => {
        const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
        return [symbol.name, isAlias ? this.#checker.getAliasedSymbol(symbol) : symbol];
      }),
    );
  }

  /** The names of all exports. */
  get names(): readonly string[] {
    return [...this.#exported.keys()];
  }

  has(name: string): boolean {
    return this.#exported.has(name);
  }

  /** Whether `name` is an export, a member written as `Type.member`, or a member of every one of `owners`. */
  knows(name: string, owners: readonly string[] = []): boolean {
    const [type = '', member] = name.split('.');
    if (member !== undefined) return this.has(type) && this.membersOf(type).has(member);
    return this.has(name) || (owners.length > 0 && owners.every((owner) => this.membersOf(owner).has(name)));
  }

  /** The members of all exports together. */
  get members(): Set<string> {
    return new Set(this.names.flatMap((name) => [...this.membersOf(name)]));
  }

  /** The public members of an exported class or interface, and those of an enum. */
  membersOf(type: string): Set<string> {
    const symbol = this.#exported.get(type);
    if (symbol === undefined) throw new Error(`There is no export '${type}'.`);
    if ((symbol.flags & ts.SymbolFlags.Enum) !== 0) {
      return new Set(this.#checker.getExportsOfModule(symbol).map(({ name }) => name));
    }
    const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
    const members = this.#checker.getDeclaredTypeOfSymbol(symbol).getProperties();
    return new Set(
      members
        .filter(({ declarations = [] }) =>
          declarations.every((declaration) => (ts.getCombinedModifierFlags(declaration) & hidden) === 0),
        )
        .map(({ name }) => name)
        // Names of symbols and private names.
        .filter((name) => !/^(#|__)/.test(name)),
    );
  }
}
