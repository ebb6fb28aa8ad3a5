import { defineConfig } from 'vitest/config';

import { LongestFirst } from './test/support/sequence.ts';

/** Tests that need no service: run in three zones, for nothing in them may depend on the machine's zone. */
const pure = [
  'test/domain/**/*.test.ts',
  'test/configuration/**/*.test.ts',
  'test/intake/**/*.test.ts',
  'test/{app-clock-guard,architecture,log,settings}.test.ts',
];

/** What has nothing to do with time zones: it reads documents, files and code. Once is enough. */
const once = [
  'test/intake/**/*-properties.test.ts',
  'test/intake/formats/{charset,detect,docx,docx-numbering,html,markdown,pdf,radicals,read-file,text,zip}.test.ts',
  'test/intake/{actors,apart,shown}/**/*.test.ts',
  'test/intake/clauses/{inline,notices,paragraphs,read-notice,statement}.test.ts',
  'test/intake/tables/{rows,text-table}.test.ts',
  'test/configuration/{compose,liquid,renames,supply-chain,yaml}.test.ts',
  'test/domain/segments.test.ts',
  'test/{architecture,log}.test.ts',
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
    sequence: { sequencer: LongestFirst },
    projects: [
      ...['UTC', 'Asia/Shanghai', 'America/New_York'].map((zone) => ({
        test: {
          ...common,
          setupFiles: [...common.setupFiles],
          name: `pure ${zone}`,
          // They share nothing that changes, and loading everything anew for each file took longer than the tests.
          isolate: false,
          include: pure,
          exclude: zone === 'UTC' ? [] : once,
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
