import { join } from 'node:path';
import eslint from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import { defineConfig, globalIgnores } from 'eslint/config';
import typescript from 'typescript-eslint';

const elements = [
  { type: 'store', pattern: 'libs/embedded-mongo' },
  { type: 'lib', pattern: 'libs/*', capture: ['name'] },
  { type: 'local', pattern: 'src/local' },
  { type: 'texts', pattern: 'src/texts' },
  { type: 'feature', pattern: 'src/*', capture: ['name'] },
  { type: 'around', pattern: '{test,bench,tools}' },
];
const files = [
  { category: 'start', pattern: 'src/local.ts' },
  { category: 'process', pattern: 'src/!(local).ts' },
];
const element = (...types) => ({ element: { types: { anyOf: types } } });
const file = (category) => ({ file: { categories: category } });
const feature = (name) => ({ element: { type: 'feature', captured: { name } } });
const fileOf = (type, fileInternalPath, captured) => ({
  element: { type, fileInternalPath, ...(captured && { captured }) },
});

/** The last policy that fits an import decides; what none names is allowed. */
const policies = [
  {
    from: element('lib', 'store'),
    disallow: { to: [element('feature', 'local', 'texts', 'around'), file('process'), file('start')] },
    message: 'libs/ knows nothing of the product: pass what it needs as an argument, or move this file to src/.',
  },
  {
    from: [element('feature', 'texts'), file('process')],
    disallow: { to: [element('local', 'around'), file('start')] },
    message:
      'The product runs without src/local and test/: what both need belongs in libs/ or in the feature it is about.',
  },
  {
    from: [element('feature', 'texts', 'lib'), file('process')],
    disallow: { to: element('store') },
    message: 'Only src/local and test support start the embedded store; everything else speaks MongoDB to MONGODB_URI.',
  },
  {
    from: element('feature'),
    disallow: {
      to: fileOf('feature', '**/*.@(repository|schema|controller|api|handlers|connection|schedule|page).@(ts|tsx)'),
    },
    message:
      'This is an inside of {{to.element.captured.name}}. Features meet through *.service.ts, *.module.ts, *.events.ts ' +
      'and files of rules: ask its service, or move what both need to libs/.',
  },
  {
    from: element('feature'),
    disallow: { to: fileOf('feature', 'vault.ts', { name: 'contacts' }) },
    message: 'Only deliveries (at the moment of sending) and contacts itself may read an address.',
  },
  {
    from: feature('deliveries'),
    allow: { to: fileOf('feature', 'vault.ts', { name: 'contacts' }) },
  },
  {
    from: element('feature'),
    allow: { to: feature('{{from.element.captured.name}}') },
  },
  {
    from: feature('feedback'),
    disallow: {
      to: [
        feature('{contacts,people,invitations,deliveries}'),
        { element: { type: 'lib', captured: { name: 'outbox' } } },
        fileOf('lib', '*session*', { name: 'web' }),
      ],
    },
    message:
      'Answers are anonymous: feedback may know neither contacts, people, outbox nor sessions. What needs both belongs in interest.',
  },
];

export default defineConfig(
  globalIgnores(['dist', 'data', 'data-*', '.cache', 'coverage']),
  eslint.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [typescript.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: true }],
      '@typescript-eslint/prefer-optional-chain': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // Options that libraries describe as classes are given as literals.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Control characters are looked for on purpose: what people type may hold them.
      'no-control-regex': 'off',
      // Nest's modules are classes that hold nothing but their decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowStaticOnly: true }],
      // A token or a count in a template is clear as it stands, an object or undefined is a mistake.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: false }],
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400 }],
      'no-console': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  {
    // They speak to the person at the keyboard.
    files: ['src/local.ts', 'src/main.ts', 'src/worker.ts', 'libs/embedded-mongo/main.ts', 'test/**', 'bench/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.spec.{ts,tsx}'],
    rules: {
      'max-lines': 'off',
    },
  },
  {
    files: ['{src,libs,test,bench}/**/*.{ts,tsx}'],
    // Specs set up what they need from wherever it is.
    ignores: ['**/*.spec.{ts,tsx}'],
    plugins: { boundaries },
    settings: {
      'boundaries/elements': elements,
      'boundaries/files': files,
      'boundaries/dependency-nodes': ['import', 'dynamic-import', 'export'],
      'boundaries/legacy-templates': false,
      'import/resolver': { [join(import.meta.dirname, 'tools', 'eslint-resolver.cjs')]: {} },
    },
    rules: {
      'boundaries/dependencies': ['error', { default: 'allow', policies }],
      'boundaries/no-unknown-files': 'error',
    },
  },
  {
    // Rules of the product: state, command, time and ids in; new state and events out.
    files: ['src/*/**/!(*.*).ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              allowTypeImports: true,
              group: ['mongoose', '@nestjs/*', '!@nestjs/common', 'bullmq', 'ioredis', 'fastify', 'nodemailer'],
              message:
                'A file without a suffix holds rules: put this in the *.service, *.repository, *.schedule or *.controller beside it.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/**/*.repository.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'mongoose',
              importNames: ['Model'],
              message:
                'Documents (libs/database) knows the paths of what is stored: a Model takes any, and finds nothing.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.{mjs,cjs,js}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        URL: 'readonly',
      },
    },
  },
  { files: ['**/*.cjs'], languageOptions: { globals: { require: 'readonly', exports: 'readonly' } } },
);
