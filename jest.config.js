/** One configuration for the whole repository: `npx jest packages/lakeflow` runs one package. */
module.exports = {
  roots: ['<rootDir>/packages', '<rootDir>/stacks', '<rootDir>/apps', '<rootDir>/test', '<rootDir>/bench'],
  testMatch: ['**/test/**/*.test.ts'],
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/tooling/jest/own-environment.js'],
  transform: { '^.+\\.ts$': ['@swc/jest', require('./tooling/jest/swc.json')] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/cdktf.out', '<rootDir>/.lakewright', '<rootDir>/.venv', '<rootDir>/apps/_template'],
  testTimeout: 120_000,
  maxWorkers: 2,
  workerIdleMemoryLimit: '1500MB',
};
