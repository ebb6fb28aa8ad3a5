/** One real PostgreSQL for the whole test run, in a folder that goes away with it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openEmbeddedPostgres } from '../../src/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The administrator's address of the run's PostgreSQL. */
    readonly postgresUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cuiban-test-'));
  const server = await openEmbeddedPostgres({ dataDir, report: (line) => console.warn(line) });
  project.provide('postgresUrl', server.url('postgres'));
  return async () => {
    await server.release();
    await rm(dataDir, { recursive: true, force: true });
  };
}
