// npm run chaos: a storm over real processes. `--seed N --rounds R --queue redis|postgres --units U --minutes M --calm SECONDS --only WORD`;
// with `--kills N`: N deaths at the points between a plan and its acknowledgement instead.

import { parseArgs } from 'node:util';

import { kills } from './kills.ts';
import { storm } from './storm.ts';

// So that what the storm started is ended with it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    queue: { type: 'string', default: 'redis' },
    units: { type: 'string', default: '60' },
    minutes: { type: 'string', default: '25' },
    calm: { type: 'string', default: '0' },
    kills: { type: 'string', default: '0' },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const common = {
  seed: Number(values.seed),
  queue: values.queue === 'postgres' ? ('postgres' as const) : ('redis' as const),
  units: Number(values.units),
  patienceMs: Number(values.minutes) * 60_000,
  say: (line: string) => console.log(line),
};
const verdict =
  Number(values.kills) > 0
    ? await kills({ ...common, kills: Number(values.kills) })
    : await storm({ ...common, rounds: Number(values.rounds), calmMs: Number(values.calm) * 1_000, only: values.only });
const { faults, ...counts } = verdict;
console.log(JSON.stringify({ seed: common.seed, queue: common.queue, ...counts }));
for (const fault of faults.slice(0, 50)) console.log(fault);
if (faults.length > 50) console.log(`and ${faults.length - 50} more`);
console.log(faults.length === 0 ? 'nothing lost, nothing doubled beyond what was in flight' : `${faults.length} promises broken`);
process.exit(faults.length === 0 ? 0 : 1);
