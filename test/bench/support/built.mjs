// Runs a program of the measurements as `cuiban` runs: built first, and without a compiler in its memory.
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { built } from '../../../src/built.mjs';

const [, , program] = process.argv;
await import(pathToFileURL(await built(path.relative(process.cwd(), program), ['src', 'jobs', 'test'])).href);
