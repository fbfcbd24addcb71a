import { builtinModules } from 'node:module';
import svelte from 'eslint-plugin-svelte';
import tseslint from 'typescript-eslint';
import svelteConfig from './web/svelte.config.js';

/** Data flows agent → server → web, and so do imports: only a package's public entry may be imported from the next one. */
const forbid = (...patterns) => ({
  'no-restricted-imports': ['error', { patterns: patterns.map(([regex, message]) => ({ regex, message })) }],
});
const notFromPeers = ['^@portlight/|(^|/)\\.\\./(\\.\\./)*(server|web)/', 'The agent imports neither server nor web.'];
const noChildProcesses = ['^(node:)?child_process$', 'The agent runs no child processes; read /proc.'];
const contractOnly = [
  '^@portlight/(?!agent/contract$)|(^|/)\\.\\./(\\.\\./)*(agent|web)/',
  'The server imports @portlight/agent/contract and nothing else of its peers.',
];
/** Expectations are written and judged as the agent does it: there is no second parser and no second judge. */
const contractAndJudgement = [
  '^@portlight/(?!agent/(contract|expectation|judgement)$)|(^|/)\\.\\./(\\.\\./)*(agent|web)/',
  'server/src/expectations imports the contract, expectations and the judgement of @portlight/agent, nothing else of its peers.',
];
const sqlInStore = ['^kysely|sqlite', 'SQL lives in the store.'];
const viewsOnly = [
  '^@portlight/(?!server/views$)|(^|/)\\.\\./(\\.\\./)*(agent|server)/',
  'The web imports @portlight/server/views and nothing else of its peers.',
];

export default tseslint.config(
  { ignores: ['**/dist/', '.portlight/', 'agent/fixtures/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'suite', 'describe', 'it'] },
          ],
        },
      ],
      'max-lines': ['error', { max: 300 }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      'no-else-return': 'error',
      'no-nested-ternary': 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.test.ts', '**/*.suite.ts', '**/test/**/*.ts', 'web/e2e/**/*.ts'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['agent/src/**/*.ts'], ignores: ['**/*.test.ts'], rules: forbid(notFromPeers, noChildProcesses) },
  {
    files: ['agent/src/**/*.test.ts', 'agent/test/**/*.ts', 'agent/simulator/**/*.ts', 'agent/days/**/*.ts'],
    rules: forbid(notFromPeers),
  },
  {
    files: ['agent/src/contract.ts', 'agent/src/contract/*.ts'],
    rules: forbid(['^(?!\\./(contract/)?(facts|findings)\\.ts$)', 'The contract imports nothing but its own parts.']),
  },
  {
    files: ['agent/src/proc/*.ts'],
    ignores: ['**/proc-root.ts', '**/*.test.ts'],
    rules: forbid(
      [`^(node:)?(${builtinModules.filter((name) => /^fs/.test(name)).join('|')})$`, 'proc-root.ts is the only I/O.'],
      notFromPeers,
      noChildProcesses,
    ),
  },
  {
    files: ['server/src/**/*.ts', 'server/test/**/*.ts'],
    rules: {
      ...forbid(contractOnly),
      // DTO and injected classes are values to Nest's decorators, and Nest's classes hold nothing but decorators.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/consistent-type-imports': 'off',
    },
  },
  {
    files: ['server/src/**/*.ts'],
    ignores: ['server/src/store/**', '**/*.test.ts'],
    rules: forbid(contractOnly, sqlInStore),
  },
  {
    files: ['server/src/expectations/**/*.ts'],
    rules: forbid(contractAndJudgement, sqlInStore),
  },
  {
    files: ['web/**/*.svelte', 'web/**/*.svelte.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
  },
  ...svelte.configs.recommended,
  {
    files: ['web/**/*.svelte', 'web/**/*.svelte.ts'],
    languageOptions: {
      parserOptions: { projectService: true, extraFileExtensions: ['.svelte'], parser: tseslint.parser, svelteConfig },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'svelte/no-at-html-tags': 'error',
    },
  },
  {
    files: ['web/src/**/*.ts', 'web/src/**/*.svelte'],
    rules: { ...forbid(viewsOnly), 'max-lines': ['error', { max: 300 }] },
  },
  {
    files: ['web/src/**'],
    ignores: ['web/src/api.ts', '**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Only api.ts knows URLs.' },
        { name: 'EventSource', message: 'Only api.ts knows URLs.' },
      ],
    },
  },
);
