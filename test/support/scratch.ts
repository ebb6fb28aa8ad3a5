/** Where a test's server keeps its files: in memory where there is plenty, for nothing in them outlives the run. */
import { mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** A container often has 64 MB there. */
const PLENTY = 3 * 2 ** 30;

export async function scratch(prefix: string): Promise<string> {
  const room = await statfs(MEMORY).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  return mkdtemp(join(room > PLENTY ? MEMORY : tmpdir(), prefix));
}
