// What a process notes of its own work, for those who watch it: every job that it runs, every claim and settlement.

import { Registry } from 'prom-client';

import manifest from '../package.json' with { type: 'json' };
import { monotonic } from './app-clock.ts';
import { Measures } from './console/measures.ts';
import type { JobDefinition } from './queue.ts';

/** Of this program, as its manifest says. */
export const VERSION = manifest.version;

export class Watching {
  /** Where this process answers over HTTP; null: nowhere. */
  httpUrl: string | null = null;
  readonly registry = new Registry();
  readonly measures = new Measures(this.registry, monotonic);

  /** The same job; its runs are measured. */
  job(definition: JobDefinition<unknown>): JobDefinition<unknown> {
    return {
      ...definition,
      run: (payload, signal) => this.measures.run(definition.name, () => definition.run(payload, signal)),
    };
  }
}
