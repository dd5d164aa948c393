// SPDX-License-Identifier: Apache-2.0
// Writes the API reference of all packages to docs/api. Whatever TypeDoc warns of makes it fail.
import path from 'node:path';
import { Application, Converter, normalizePath, ReflectionKind } from 'typedoc';
import ts from 'typescript';
import { compile, publishedEntries, root } from './entries.mjs';

const entries = publishedEntries();
/** A file for each entry that exports what the entry does; the README of a package is its introduction. */
const files = new Map(
  entries.map(({ name, directory, isPackage }) => {
    const comment = isPackage
      ? `{@include ${directory}/README.md} @module @primaryExport`
      : `A part of the package, to import alone. @module`;
    const text = `/** ${comment} */\nexport * from '${name}';\n`;
    return [path.join(root, 'tooling/api-docs/entries', `${name}.ts`), text];
  }),
);

const documents = ['docs/*.md', '{docs,apps}/*/README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'];
const app = await Application.bootstrap({
  name: 'API reference of HP-Socket for Node.js',
  readme: path.join(root, 'README.md'),
  projectDocuments: documents.map((pattern) => path.join(root, pattern)),
  basePath: root,
  highlightLanguages: ['bash', 'bat', 'c', 'cpp', 'js', 'ts'],
  // There is no public repository yet that pages could lead to.
  disableSources: true,
  sortEntryPoints: false,
  // Of an accessor the getter speaks.
  requiredToBeDocumented: [
    'Enum',
    'EnumMember',
    'Variable',
    'Function',
    'Class',
    'Interface',
    'Property',
    'Method',
    'GetSignature',
    'TypeAlias',
  ],
  packagesRequiringDocumentation: entries.filter(({ isPackage }) => isPackage).map(({ name }) => name),
  validation: { notExported: true, invalidLink: true, invalidPath: true, notDocumented: true },
});
// What `Omit` leaves of a method is a property to TypeDoc, which does not find its comment then.
app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
  const declaration = context.getSymbolFromReflection(reflection)?.declarations?.find(ts.isMethodSignature);
  if (reflection.kind !== ReflectionKind.Property || declaration === undefined) return;
  const comment = context.getSignatureComment(declaration);
  if (comment !== undefined) reflection.comment = comment;
});

const program = compile(files);
const project = app.converter.convert(
  entries.map(({ name }, index) => {
    const sourceFile = program.getSourceFile([...files.keys()][index] ?? '');
    if (sourceFile === undefined) throw new Error(`${name} was not compiled`);
    return { displayName: name, program, sourceFile };
  }),
);

/** Makes links to a folder, or to its README, lead to the page that shows the README. */
function leadTo(/** @type {import('typedoc').Reflection} */ page, /** @type {string} */ folder) {
  for (const file of [folder, path.join(folder, 'README.md')]) {
    project.files.registerReflectionPath(normalizePath(file), page);
  }
}
for (const { name, directory, isPackage } of entries) {
  const page = project.children?.find((module) => module.name === name);
  if (isPackage && page !== undefined) leadTo(page, directory);
}
for (const page of project.documents ?? []) {
  const file = project.files.getReflectionPath(page) ?? '';
  if (path.basename(file) === 'README.md') leadTo(page, path.dirname(file));
}

// A type without a name is explained where it is used, with all its members.
const unnamed = project
  .getReflectionsByKind(ReflectionKind.Property)
  .filter((member) => member.parent?.kindOf(ReflectionKind.TypeLiteral) === true && !member.hasComment());
app.options.setValue('intentionallyNotDocumented', [
  ...new Set(unnamed.map((member) => member.getFriendlyFullName())),
]);
app.validate(project);
await app.generateDocs(project, path.join(root, 'docs/api'));
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
