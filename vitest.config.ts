import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{contracts,src,sandbox,test,web,e2e}/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
