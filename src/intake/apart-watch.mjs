// Runs beside `apart-child.ts` in a thread of its own, so that not even an endless loop there stops it: kills the process and all
// that it started when they take too much memory together, or when nobody is left to read for.

import { readFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const EVERY_MS = 100;
const PAGE_BYTES = 4_096;

setInterval(() => {
  const memory = process.memoryUsage.rss() + startedBy(process.pid);
  if (process.ppid !== workerData.parent || memory > workerData.maxBytes) process.kill(0, 'SIGKILL');
}, EVERY_MS);

/** Resident bytes of all descendants; 0 where the system does not tell. */
function startedBy(pid) {
  return words(`/proc/${pid}/task/${pid}/children`).reduce(
    (sum, child) => sum + Number(words(`/proc/${child}/statm`)[1] ?? 0) * PAGE_BYTES + startedBy(child),
    0,
  );
}

function words(file) {
  try {
    return readFileSync(file, 'utf8').split(' ').filter(Boolean);
  } catch {
    return [];
  }
}
