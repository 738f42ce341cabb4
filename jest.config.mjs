import { swcOptions } from './tools/swc.mjs';

/** Jest runs ESM as it is (--experimental-vm-modules); only TypeScript is transformed. */
const base = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'json'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.tsx?$': ['@swc/jest', swcOptions] },
  transformIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
};

export default {
  ...base,
  // Real parts on a busy machine: a limit is for what hangs, never for what is slow.
  testTimeout: 180_000,
  projects: [
    { ...base, displayName: 'unit', testMatch: ['<rootDir>/{src,libs,tools}/**/*.spec.{ts,tsx,mjs}'] },
    {
      ...base,
      displayName: 'system',
      testMatch: ['<rootDir>/test/{acceptance,integration,architecture,support}/**/*.spec.ts'],
    },
    { ...base, displayName: 'browser', testMatch: ['<rootDir>/test/browser/**/*.spec.ts'] },
    { ...base, displayName: 'imap', testMatch: ['<rootDir>/test/imap/**/*.spec.ts'] },
    { ...base, displayName: 'crash', testMatch: ['<rootDir>/test/crash/**/*.spec.ts'] },
  ],
};
