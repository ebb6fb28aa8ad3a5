import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { readDirectory } from '../../src/configuration/directory.ts';
import { resolveName } from '../../src/domain/directory.ts';
import { readSchedule, writeSchedule } from '../../src/intake/schedule.ts';
import { formatErrors } from '../../src/yaml.ts';

function source(file: string) {
  return { file, text: readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8') };
}

describe.each([
  ['daixian-2021', 24],
  ['guanxian-2022', 36],
  ['ruicheng-2022', 34],
  ['shangdang-2022', 33],
  ['shanxi-2022', 34],
])('the seed %s', (seed, count) => {
  const schedule = readSchedule(source(`seeds/${seed}/schedule.yaml`));
  const directory = readDirectory(source(`seeds/${seed}/directory.yaml`));
  if (!schedule.ok) throw new Error(formatErrors(schedule.errors));
  if (!directory.ok) throw new Error(formatErrors(directory.errors));

  it(`has ${count} tasks, is named after its folder and belongs to the office of its directory`, () => {
    expect(schedule.value.tasks).toHaveLength(count);
    expect(schedule.value.name).toBe(seed);
    expect(schedule.value.office).toBe(directory.value.office);
  });

  it('names only units and groups that its directory knows', () => {
    const unknown = schedule.value.tasks.flatMap(({ ref, lead, cooperate, groups }) => {
      const own = Object.keys(groups);
      const printed = [...lead, ...cooperate].filter((name) => !own.includes(name));
      return [...printed, ...Object.values(groups).flat()]
        .filter((name) => resolveName(directory.value, name).kind === 'unknown')
        .map((name) => `${ref}: ${name}`);
    });
    expect(unknown).toEqual([]);
  });

  it('comes back the same from the file written of it', () => {
    expect(readSchedule({ file: seed, text: writeSchedule(schedule.value) })).toEqual(schedule);
  });
});
