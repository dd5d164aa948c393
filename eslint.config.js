// SPDX-License-Identifier: Apache-2.0
import eslint from '@eslint/js';
import comments from '@eslint-community/eslint-plugin-eslint-comments/configs';
import vitest from '@vitest/eslint-plugin';
import { defineConfig, globalIgnores } from 'eslint/config';
import node from 'eslint-plugin-n';
import tsdoc from 'eslint-plugin-tsdoc';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['**/build/', '**/coverage/', '**/dist/', '**/test-results/']),
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  comments.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: 'error',
      'max-params': ['error', 6],
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } },
      ],
      '@eslint-community/eslint-comments/require-description': 'error',
      // isolatedDeclarations wants the type of an exported member written out, and only of those.
      '@typescript-eslint/consistent-generic-constructors': 'off',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions'] }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    name: 'published sources',
    files: ['packages/*/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    plugins: { n: node, tsdoc },
    rules: {
      'n/no-unsupported-features/es-builtins': 'error',
      'n/no-unsupported-features/es-syntax': ['error', { ignores: ['modules'] }],
      'n/no-unsupported-features/node-builtins': ['error', { allowExperimental: true }],
      'n/prefer-node-protocol': 'error',
      'tsdoc/syntax': 'error',
    },
  },
  {
    name: 'decoding',
    files: [
      'packages/core-native/src/{blocks,commands,link}.ts',
      'packages/pack/src/decoder.ts',
      'packages/pull/src/byte-queue.ts',
    ],
    // An index into a batch or a buffer is in range by construction, and a check of every field would cost on the hot path.
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    name: 'error codes',
    files: ['packages/core-native/src/**/*.ts'],
    // The system's error numbers are members of ErrorCode that have no name there.
    rules: { '@typescript-eslint/no-unsafe-enum-assignment': 'off' },
  },
  {
    name: 'tests',
    files: ['**/*.test.ts'],
    extends: [vitest.configs.recommended],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A skip is judged by tooling/allowed-skips.json instead.
      'vitest/no-disabled-tests': 'off',
      'vitest/expect-expect': ['error', { assertFunctionNames: ['expect*', 'assert*'] }],
    },
  },
  {
    name: 'scripts without types of their own',
    files: ['**/*.js', '**/*.mjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: globals.node },
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  {
    name: 'config files export their default',
    files: ['**/*.config.{js,ts}'],
    rules: { 'no-restricted-exports': 'off' },
  },
);
