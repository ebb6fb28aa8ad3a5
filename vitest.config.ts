import { defineConfig } from 'vitest/config';

/** Tests that need no service: run in three zones, for nothing in them may depend on the machine's. */
const pure = [
  'test/domain/**/*.test.ts',
  'test/configuration/**/*.test.ts',
  'test/intake/**/*.test.ts',
  'test/{architecture,log,settings}.test.ts',
];

const common = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  pool: 'forks',
  setupFiles: ['test/support/zone.ts'],
} as const;

export default defineConfig({
  test: {
    reporters: ['default', './test/support/report.ts'],
    maxWorkers: 2,
    projects: [
      ...['UTC', 'Asia/Shanghai', 'America/New_York'].map((zone) => ({
        test: {
          ...common,
          setupFiles: [...common.setupFiles],
          name: `pure ${zone}`,
          include: pure,
          env: { TZ: zone },
        },
      })),
      {
        test: {
          ...common,
          setupFiles: [...common.setupFiles],
          name: 'real',
          include: ['test/**/*.test.ts'],
          exclude: pure,
          env: { TZ: 'America/New_York' },
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
    ],
  },
});
