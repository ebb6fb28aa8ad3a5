// The five real notices with the shipped configuration, rehearsed as a coordinator would: nobody answers anything.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { readDirectory } from '../../src/configuration/directory.ts';
import { type Configuration, readConfiguration } from '../../src/configuration/index.ts';
import type { Directory } from '../../src/domain/directory.ts';
import { noticeDate, type Schedule } from '../../src/domain/notice.ts';
import { type Rehearsal, rehearse } from '../../src/domain/rehearsal.ts';
import type { Result } from '../../src/domain/result.ts';
import { dateOf, instantOf } from '../../src/domain/time.ts';
import { readSchedule } from '../../src/intake/schedule.ts';
import { formatErrors, type Source, type SourceError } from '../../src/yaml.ts';

export const ZONE = 'Asia/Shanghai';
export const SEEDS = ['ruicheng-2022', 'shanxi-2022', 'daixian-2021', 'guanxian-2022', 'shangdang-2022'] as const;

export interface Seed {
  readonly schedule: Schedule;
  readonly directory: Directory;
  /** `2022-09-20 10:30`; left out, it is 09:00 of the day the notice was issued. */
  readonly confirmed?: string;
}

export async function shippedConfiguration(): Promise<Configuration> {
  return valueOf(await readConfiguration(fileURLToPath(new URL('../../config', import.meta.url))));
}

export function seed(name: string): Seed {
  return {
    schedule: valueOf(readSchedule(source(name, 'schedule'))),
    directory: valueOf(readDirectory(source(name, 'directory'))),
  };
}

/** Schedules of one office, until the end of a day. */
export function rehearsed(configuration: Configuration, seeds: readonly Seed[], until: string): Rehearsal {
  const office = configuration.offices.get(seeds[0]!.schedule.office)!;
  const { policy, calendar } = configuration;
  return rehearse({
    schedules: seeds.map(({ schedule, directory, confirmed = `${noticeDate(schedule.notice)} 09:00` }) => {
      const [date = '', time = ''] = confirmed.split(' ');
      return { schedule, directory, confirmedAt: instantOf(ZONE, date, time) };
    }),
    office,
    policy,
    calendar,
    until: instantOf(ZONE, until, '23:59'),
  });
}

/** One line of one message: who is told what about which duty, on which day. */
export interface Told {
  readonly day: string;
  readonly schedule: string;
  readonly ref: string;
  /** Of the duty; null when it is followed by a cadence. */
  readonly due: string | null;
  /** The deadline's own words; empty when the notice has none. */
  readonly written: string;
  readonly unit: string;
  readonly role: string;
  readonly stage: string;
  readonly channel: string;
  /** `县教育局 主要负责人 苏鹏飞`. */
  readonly to: string;
  readonly copy: boolean;
}

export function told({ messages }: Rehearsal): readonly Told[] {
  return messages.flatMap(({ at, message: { channel, to, items } }) =>
    items.map(({ stage, copy, unitName, assignment: { schedule, ref, due, role, deadline } }) => ({
      day: dateOf(ZONE, at),
      schedule,
      ref,
      due,
      written: deadline?.text ?? '',
      unit: unitName,
      role,
      stage,
      channel,
      to: `${to.unitName} ${to.post} ${to.name}`,
      copy,
    })),
  );
}

/** `d-7 2022-08-22` for every stage that anybody is told of, in the order of the days. */
export function stages(lines: readonly Told[]): readonly string[] {
  return [...new Set(lines.map(({ stage, day }) => `${stage} ${day}`))];
}

function source(name: string, file: string): Source {
  const path = `seeds/${name}/${file}.yaml`;
  return { file: path, text: readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8') };
}

function valueOf<T>(result: Result<T, SourceError>): T {
  if (!result.ok) throw new Error(formatErrors(result.errors));
  return result.value;
}
