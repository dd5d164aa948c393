// SPDX-License-Identifier: Apache-2.0
// For tests that hold a README against the code: apart from the rest, for it loads the compiler.
export { PublicTypes } from './docs/public-types.js';
export { codeIn, nameIn, Readme } from './docs/readme.js';
export { faultsOf } from './docs/ranges.js';
export {
  accessors,
  type DocumentedRole,
  type NameTable,
  type RoleReadme,
  testRoleReadme,
} from './docs/role-readme.js';
