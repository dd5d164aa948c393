// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import ts from 'typescript';
import type { CodeBlock } from '@hp/testkit/docs';

/** A code block, and the document that has it. */
export interface Example extends CodeBlock {
  readonly document: string;
}

/** What examples of a few lines take for granted. An example that declares such a name itself has its own. */
const GIVEN = `
  declare const server: import('@hp/tcp').TcpServer;
  declare const agent: import('@hp/tcp').TcpAgent;
  declare const client: import('@hp/tcp').TcpClient;
  declare const context: import('@hp/ssl').SslContext;
  declare const listener: {};
  declare const signal: AbortSignal;
  declare const socket: import('node:net').Socket;
  declare const host: string;
  declare const port: number;
  declare const id: number;
  declare const flag: number;
  declare const chunk: Buffer;
  declare const chunks: readonly Buffer[];
  declare const body: Buffer;
  declare function handle(id: number, message: Buffer): void;
  declare function handleRefusal(code: number): void;
`;

/**
 * What the compiler says against examples, each a module of its own.
 * @param folder - the package whose dependencies they may import, and whose `tsconfig.json` holds for them.
 */
export function faultsOfExamples(folder: string, examples: readonly Example[]): string[] {
  const isJavaScript = ({ language }: Example): boolean => language === 'js';
  return [
    ...faultsIn(
      folder,
      examples.filter((example) => !isJavaScript(example)),
      {},
    ),
    // Who writes JavaScript does not say that something cannot be undefined.
    ...faultsIn(folder, examples.filter(isJavaScript), { allowJs: true, checkJs: true, strict: false }),
  ];
}

function faultsIn(folder: string, examples: readonly Example[], own: ts.CompilerOptions): string[] {
  const byFile = new Map(
    examples.map((example) => {
      const name = `${example.document.replaceAll('/', '-')}-${example.line}.${example.language}`;
      return [path.join(folder, 'examples', name), example] as const;
    }),
  );
  const given = path.join(folder, 'examples/given.d.ts');
  const options: ts.CompilerOptions = {
    ...configOf(folder),
    isolatedDeclarations: false,
    declaration: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    ...own,
  };
  const host = ts.createCompilerHost(options);
  const fileExists = host.fileExists.bind(host);
  const readFile = host.readFile.bind(host);
  host.fileExists = (file) => file === given || byFile.has(file) || fileExists(file);
  // The addition makes a module of what imports nothing; its lines stay where they are.
  host.readFile = (file) => {
    const code = byFile.get(file)?.code;
    if (code !== undefined) return `${code}\nexport {};\n`;
    return file === given ? GIVEN : readFile(file);
  };
  const program = ts.createProgram([given, ...byFile.keys()], options, host);
  return [...byFile].flatMap(([file, { document, line }]) => {
    const source = program.getSourceFile(file);
    const diagnostics = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ];
    return diagnostics.map(({ start = 0, messageText }) => {
      const at = source?.getLineAndCharacterOfPosition(start).line ?? 0;
      return `${document}:${line + at}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
  });
}

function configOf(folder: string): ts.CompilerOptions {
  const read = ts.readConfigFile(path.join(folder, 'tsconfig.json'), (file) => ts.sys.readFile(file));
  return ts.parseJsonConfigFileContent(read.config, ts.sys, folder).options;
}
