#!/usr/bin/env node
// Runs the TypeScript sources as they stand: a clone needs no build step, so there is never a stale one.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
