// Runs a program of the measurements as `cuiban` runs: built first, and without a compiler in its memory.
import path from 'node:path';

import { run } from '../../../src/built.mjs';

const [program] = process.argv.splice(2, 1);
await run(path.relative(process.cwd(), program), ['src', 'jobs', 'test']);
