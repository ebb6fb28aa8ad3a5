#!/usr/bin/env node
// Runs the TypeScript sources as they stand: a clone needs no build step, so there is never a stale one.
import { run } from './built.mjs';

await run('src/main.ts');
