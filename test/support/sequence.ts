/** The order of test files: the longest first, so that all workers end together; the pure ones last and by zone, so that a worker goes on with what it has loaded. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Longest first, as they were on two cores; what is not here is short. */
const LONG = [
  'main-job/demo',
  'main-job/kill',
  'main-job/cli',
  'main-job/revise',
  'main-job/start',
  'main-job/crowd',
  'upgrade',
  'postgres',
  'main-job/import',
  'main-job/operator',
  'chaos/storm',
  'console/monitoring',
  'ledger/deliver',
  'backup',
  'console/admin',
  'jobs/deliver',
  'queue',
  'jobs/changes',
  'ledger/revise',
];

export class LongestFirst extends BaseSequencer {
  // oxlint-disable-next-line typescript/require-await
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const key = (file: TestSpecification): string => {
      const place = LONG.findIndex((name) => file.moduleId.endsWith(`/test/${name}.test.ts`));
      const { name } = file.project;
      return `${name === 'real' ? 0 : 1} ${name} ${String(place === -1 ? LONG.length : place).padStart(3, '0')} ${file.moduleId}`;
    };
    return files.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
  }
}
