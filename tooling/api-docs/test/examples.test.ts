// SPDX-License-Identifier: Apache-2.0
// The code of each `@example` in the sources of the packages compiles as it stands.
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { compile, compilerOptions, publishedEntries, root } from '../src/entries.mjs';

/** What an example of a package uses without importing it, by name: its own exports before those of others. */
type Exports = ReadonlyMap<string, readonly string[]>;

const packages = publishedEntries().filter(({ isPackage }) => isPackage);

/** An example by where it stands: `packages/tcp/src/server.ts, line 45`. */
function examplesIn(source: ts.SourceFile): [place: string, code: string][] {
  const found = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    for (const tag of ts.getJSDocTags(node)) {
      if (tag.tagName.text !== 'example') continue;
      const line = source.getLineAndCharacterOfPosition(tag.getStart(source)).line + 1;
      const text = ts.getTextOfJSDocComment(tag.comment) ?? '';
      const code = /^```ts\n([\s\S]*)^```/m.exec(text)?.[1];
      found.set(`${path.relative(root, source.fileName)}, line ${line}`, code ?? 'no code;');
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...found];
}

/** What each package exports, and the examples in its sources. */
function readPackages(): { exports: Exports; examples: Map<string, { owner: string; code: string }> } {
  const files = packages.map(({ directory }) => path.join(directory, 'src/index.ts'));
  const program = ts.createProgram(files, compilerOptions());
  const checker = program.getTypeChecker();
  const exports = new Map(
    packages.map(({ name }, index) => {
      const module = checker.getSymbolAtLocation(program.getSourceFile(files[index]!)!)!;
      return [name, checker.getExportsOfModule(module).map((symbol) => symbol.name)];
    }),
  );
  const examples = new Map<string, { owner: string; code: string }>();
  for (const source of program.getSourceFiles()) {
    const owner = packages.find(({ directory }) => source.fileName.startsWith(path.join(directory, 'src/')));
    if (owner === undefined) continue;
    for (const [place, code] of examplesIn(source)) examples.set(place, { owner: owner.name, code });
  }
  return { exports, examples };
}

/** Imports what the code uses, as its reader would. */
function withImports(code: string, owner: string, exports: Exports): string {
  const words = new Set(code.match(/\b[A-Za-z]\w*\b/g));
  const imports = [owner, ...exports.keys()].flatMap((name) => {
    const used = exports.get(name)!.filter((each) => words.delete(each));
    return used.length === 0 ? [] : [`import { ${used.join(', ')} } from '${name}';\n`];
  });
  return `${imports.join('')}export {};\n${code}`;
}

/** What the compiler says of the examples, each with its place. */
function faultsIn(examples: ReadonlyMap<string, string>): string[] {
  const places = [...examples.keys()];
  const folder = path.join(root, 'tooling/api-docs/test');
  const files = new Map(
    [...examples.values()].map((text, index) => [path.join(folder, `${index}.ts`), text]),
  );
  const program = compile(files, { ...compilerOptions(), noUnusedLocals: false, noUnusedParameters: false });
  return [...files.keys()].flatMap((file, index) =>
    ts
      .getPreEmitDiagnostics(program, program.getSourceFile(file))
      .map(({ messageText }) => `${places[index]!}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`),
  );
}

test('each example compiles, with what it uses imported', () => {
  const { exports, examples } = readPackages();
  const texts = new Map(
    [...examples].map(([place, { owner, code }]) => [place, withImports(code, owner, exports)]),
  );
  expect(texts.size).toBeGreaterThan(packages.length);
  expect(faultsIn(texts)).toEqual([]);
});

test('an example that is wrong is found', () => {
  const wrong = "import { TcpServer } from '@hp/tcp';\nnew TcpServer({}).start(5555);\n";

  expect(faultsIn(new Map([['here', wrong]]))).toEqual([expect.stringMatching(/^here: .*not assignable/)]);
});
