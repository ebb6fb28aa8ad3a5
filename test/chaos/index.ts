// npm run chaos: a storm over real processes. `--seed N --rounds R --queue redis|postgres --units U --minutes M --only WORD`.

import { parseArgs } from 'node:util';

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
    only: { type: 'string', multiple: true, default: [] },
  },
});
const verdict = await storm({
  seed: Number(values.seed),
  rounds: Number(values.rounds),
  queue: values.queue === 'postgres' ? 'postgres' : 'redis',
  units: Number(values.units),
  patienceMs: Number(values.minutes) * 60_000,
  only: values.only,
  say: (line) => console.log(line),
});
const { faults, stops, late, ...counts } = verdict;
console.log(JSON.stringify({ seed: Number(values.seed), ...counts, late, stops }));
for (const fault of faults.slice(0, 50)) console.log(fault);
if (faults.length > 50) console.log(`and ${faults.length - 50} more`);
console.log(faults.length === 0 ? 'nothing lost, nothing doubled beyond what was in flight' : `${faults.length} promises broken`);
process.exit(faults.length === 0 ? 0 : 1);
