// `npm run bench`: what reading costs, measured side by side in one run. A table for people; `--json` for machines.

import { parseArgs } from 'node:util';

import { benchReading } from './reading.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const results = await benchReading((line) => {
  if (!values.json) console.warn(line);
});
if (values.json) console.log(JSON.stringify(results, null, 1));
else
  console.table(
    results.map(({ what, figure, goal, reached }) => ({ 测量: what, 结果: figure, 目标: goal, 达到: reached ? '是' : '否' })),
  );
process.exitCode = results.every(({ reached }) => reached) ? 0 : 1;
