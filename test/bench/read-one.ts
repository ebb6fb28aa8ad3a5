// One file read in this process; prints what it took as JSON.

import { readFile } from 'node:fs/promises';

import { readDocument } from '../../src/intake/formats/read-file.ts';
import { readNotice } from '../../src/intake/clauses/read-notice.ts';

const file = process.argv[2] ?? '';
const bytes = await readFile(file);
const start = performance.now();
const document = await readDocument({ file, bytes });
const extracted = performance.now();
if (!document.ok) throw new Error(document.errors.map(({ message }) => message).join('\n'));
const { tasks } = readNotice(document.value, { hints: { year: null, issuedOn: null }, directory: null, renames: [] });
const end = performance.now();
console.log(
  JSON.stringify({
    extractMs: Math.max(1, Math.round(extracted - start)),
    readMs: Math.round(end - extracted),
    peakMb: Math.round(process.resourceUsage().maxRSS / 1_024),
    tasks: tasks.length,
  }),
);
