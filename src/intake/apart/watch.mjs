// Runs beside `child.ts` in a thread of its own, so that not even an endless loop there stops it: kills the process and all
// that it started when they take too much memory together, or when nobody is left to read for.

import { readFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const EVERY_MS = 100;
const PAGE_BYTES = 4_096;

setInterval(() => {
  const started = descendants(process.pid);
  const memory = started.reduce((sum, pid) => sum + residentBytes(pid), process.memoryUsage.rss());
  const orphaned = process.ppid !== workerData.parent;
  if (!orphaned && memory <= workerData.maxBytes) return;
  for (const pid of [...started, process.pid]) kill(pid);
}, EVERY_MS);

/** Process ids of all that it started, none where the system does not tell. */
function descendants(pid) {
  return words(`/proc/${pid}/task/${pid}/children`).flatMap((child) => [Number(child), ...descendants(child)]);
}

function residentBytes(pid) {
  return Number(words(`/proc/${pid}/statm`)[1] ?? 0) * PAGE_BYTES;
}

function words(file) {
  try {
    return readFileSync(file, 'utf8').split(' ').filter(Boolean);
  } catch {
    return [];
  }
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone.
  }
}
