#!/usr/bin/env node
// Runs the TypeScript sources as they stand: a clone needs no build step, so there is never a stale one.
import { pathToFileURL } from 'node:url';

import { built } from './built.mjs';

let program;
try {
  program = await built('src/main.ts');
} catch {
  // Nowhere to keep a build, or sources that do not build: then as they are, which takes longer or says what is wrong.
  const { register } = await import('tsx/esm/api');
  register();
}
await import(program === undefined ? './main.ts' : pathToFileURL(program).href);
