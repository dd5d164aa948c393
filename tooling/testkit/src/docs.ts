// SPDX-License-Identifier: Apache-2.0
// For tests that hold a document against the code: apart from the rest, for it loads the compiler.
export { PublicTypes } from './docs/public-types.js';
export { type CodeBlock, codeIn, Document, nameIn, Readme } from './docs/document.js';
export { accessors, type NameTable, testNameTable } from './docs/name-table.js';
export { faultsOf, valueIn } from './docs/ranges.js';
export { type DocumentedRole, type RoleReadme, testRoleReadme } from './docs/role-readme.js';
