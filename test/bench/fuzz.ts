// `npm run fuzz -- --count 20000 --seed 1`: the long form of test/documents/damage.test.ts.

import { parseArgs } from 'node:util';

import { fuzz } from '../support/fuzz.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
});
const start = performance.now();
const result = await fuzz({ count: Number(values.count), seed: Number(values.seed) });
console.log(JSON.stringify({ ...result, seconds: Math.round((performance.now() - start) / 1_000) }, null, 1));
process.exitCode = result.broken.length === 0 ? 0 : 1;
