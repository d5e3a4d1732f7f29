import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import lit from 'eslint-plugin-lit';
import litA11y from 'eslint-plugin-lit-a11y';
import wc from 'eslint-plugin-wc';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const typescript = ['src/**/*.ts', 'test/**/*.ts'];
const tests = ['test/**/*.ts'];
const core = ['src/core/**/*.ts', 'src/core.ts'];

const noDefine = {
  regex: '(^|/)define\\.js$',
  message: 'define.ts has side effects and is for pages only: import the class.',
};

/** What src/core reaches through its `Platform`, so that it runs in plain Node and on a fake clock. */
const platformGlobals = [
  ...['window', 'self', 'document', 'navigator', 'location', 'history', 'screen', 'isSecureContext'],
  ...['localStorage', 'sessionStorage', 'indexedDB', 'crypto', 'performance', 'Date'],
  ...[
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
    'queueMicrotask',
    'requestAnimationFrame',
  ],
  ...[
    'cancelAnimationFrame',
    'requestIdleCallback',
    'addEventListener',
    'removeEventListener',
    'reportError',
  ],
  ...['RTCPeerConnection', 'RTCSessionDescription', 'RTCIceCandidate', 'RTCRtpSender', 'RTCRtpReceiver'],
  ...['MediaStream', 'MediaStreamTrack', 'AudioContext', 'Audio', 'Image', 'HTMLElement', 'Element', 'Node'],
  ...['customElements', 'matchMedia', 'getComputedStyle', 'fetch', 'XMLHttpRequest', 'WebSocket', 'Worker'],
  ...['BroadcastChannel', 'Notification', 'alert', 'confirm', 'prompt', 'console'],
];

export default defineConfig(
  globalIgnores([
    'dist/',
    'cdn/',
    'coverage/',
    'docs/.vitepress/cache/',
    'docs/.vitepress/dist/',
    'docs/public/live/',
    'test/artefacts/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },

  js.configs.recommended,
  {
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
    },
  },
  {
    // What VitePress takes is its default export.
    ignores: ['*.config.mjs', 'docs/.vitepress/**'],
    rules: {
      'no-restricted-exports': [
        'error',
        {
          restrictDefaultExports: {
            direct: true,
            named: true,
            defaultFrom: true,
            namedFrom: true,
            namespaceFrom: true,
          },
        },
      ],
    },
  },

  // TypeScript: the elements, the core and their tests.
  {
    files: typescript,
    extends: [
      tseslint.configs.strictTypeChecked,
      lit.configs['flat/all'],
      wc.configs['flat/best-practice'],
      litA11y.configs.recommended,
    ],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [
        createNodeResolver({ extensionAlias: { '.js': ['.ts', '.js'] }, extensions: ['.ts', '.js'] }),
      ],
      wc: { elementBaseClasses: ['LitElement', 'HTMLElement'] },
    },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-self-import': 'error',

      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],

      // Kebab-case attributes; `array.map()` and arrow functions in templates are plain lit.
      'lit/attribute-names': ['error', { convention: 'kebab' }],
      'lit/no-template-arrow': 'off',
      'lit/no-template-map': 'off',
      // LitElement has every lifecycle method: a guard would be a condition that is always true.
      'wc/guard-super-call': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-console': ['error', { allow: ['warn', 'error'] }],
      'no-restricted-imports': ['error', { patterns: [noDefine] }],
    },
  },
  {
    // lit calls `@click=${this.onClick}` with the element as `this`.
    files: ['src/components/**/*.ts'],
    rules: { '@typescript-eslint/unbound-method': 'off' },
  },
  {
    files: core,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            noDefine,
            { regex: '^(@?lit|@shoelace-style)(/|$)|^lit-', message: 'The core knows no lit.' },
            { regex: '(^|/)(components/|index\\.js$)', message: 'Imports go define → components → core.' },
          ],
        },
      ],
    },
  },
  {
    files: core,
    ignores: ['src/core/platform.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        {
          globals: platformGlobals.map((name) => ({
            name,
            message: 'The core reaches the browser by its Platform.',
          })),
          checkGlobalObject: true,
        },
      ],
    },
  },
  {
    files: tests,
    rules: {
      // chai's `expect(x).to.be.true`
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // @open-wc/semantic-dom-diff declares that `equal()` returns a promise; only `accessible()` does.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: 'Equal', package: '@types/chai' }] },
      ],
      // A missing value fails the test by itself.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'lit-a11y/accessible-name': 'off',
    },
  },
  {
    // Compile-only; not part of the project that the type-aware rules read.
    files: ['test/types/**'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { projectService: false } },
    rules: { '@typescript-eslint/no-unused-vars': 'off', 'no-restricted-exports': 'off' },
  },

  // Plain modules. Tests of pages run callbacks inside the page, so they see both kinds of globals.
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: { 'no-unused-vars': ['error', { ignoreRestSiblings: true }] },
  },
);
