import { postgresBinaries } from './scim/testing/postgres-binaries.ts'

/** Unit and contract tests stand beside the code; end-to-end tests stand in tests/e2e and run through the real engine. */
const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/.entrada/'],
}

/** The SCIM service's tests of its database run on PostgreSQL where it is installed, and here once more on PGlite. */
const onPglite = {
  ...common,
  displayName: 'pglite',
  testMatch: ['<rootDir>/scim/{http,protocol,storage}/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/pglite.test.ts$'],
  setupFiles: ['<rootDir>/scim/testing/on-pglite.mjs'],
}

export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '/tests/e2e/'],
    },
    ...(postgresBinaries() ? [onPglite] : []),
    { ...common, displayName: 'e2e', testMatch: ['<rootDir>/tests/e2e/**/*.test.ts'] },
  ],
  testTimeout: 20_000,
}
