// What commands work on: the configuration, and schedules with their directories, from folders a coordinator edits.

import { access, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { readDirectory } from '../configuration/directory.ts';
import { type Configuration, readConfiguration } from '../configuration/index.ts';
import type { Directory } from '../domain/directory.ts';
import type { Schedule } from '../domain/notice.ts';
import type { Office } from '../domain/office.ts';
import type { Result } from '../domain/result.ts';
import { readSchedule } from '../intake/schedule.ts';
import type { Settings } from '../settings.ts';
import { formatErrors, type SourceError } from '../yaml.ts';
import { EXIT, Failure } from './failure.ts';

export interface Material {
  readonly schedule: Schedule;
  readonly directory: Directory;
  readonly scheduleFile: string;
  readonly directoryFile: string;
}

/** @throws Failure that lists every problem of every file. */
export async function loadConfiguration(settings: Settings): Promise<Configuration> {
  return valueOf(await readConfiguration(settings.configDir));
}

/** The office a schedule belongs to. @throws Failure */
export function officeOf(configuration: Configuration, schedule: Schedule): Office {
  const office = configuration.offices.get(schedule.office);
  if (office === undefined) {
    const known = [...configuration.offices.keys()].join('、');
    throw new Failure(`${schedule.name} 属于 ${schedule.office}，但 office.yaml 里没有它（有：${known}）`, EXIT.findings);
  }
  return office;
}

/**
 * A schedule and its directory. `name` is a folder under seeds (`ruicheng-2022`) or the path of a schedule.yaml; the directory is
 * the directory.yaml beside it, unless `directoryFile` names another.
 * @throws Failure that lists every problem of both files.
 */
export async function loadMaterial(settings: Settings, name: string, directoryFile?: string): Promise<Material> {
  const scheduleFile = await scheduleFileOf(settings, name);
  const beside = directoryFile ?? path.join(path.dirname(scheduleFile), 'directory.yaml');
  if (!(await exists(beside))) {
    throw new Failure(`找不到 ${shown(beside)}：请把通讯录 directory.yaml 放在分解表旁边；确认时也可用 --directory 写明`);
  }
  const schedule = readSchedule(await source(scheduleFile));
  const directory = readDirectory(await source(beside));
  if (!schedule.ok || !directory.ok) {
    throw new Failure(
      formatErrors([...(schedule.ok ? [] : schedule.errors), ...(directory.ok ? [] : directory.errors)]),
      EXIT.findings,
    );
  }
  if (schedule.value.office !== directory.value.office) {
    throw new Failure(
      `${shown(scheduleFile)} 的 office 是 ${schedule.value.office}，${shown(beside)} 的是 ${directory.value.office}，应为同一个`,
      EXIT.findings,
    );
  }
  return { schedule: schedule.value, directory: directory.value, scheduleFile, directoryFile: beside };
}

/** The names of all schedules under the seeds folder. */
export async function knownSchedules(settings: Settings): Promise<readonly string[]> {
  const entries = await readdir(settings.seedsDir, { withFileTypes: true }).catch(() => []);
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory() && (await exists(path.join(settings.seedsDir, entry.name, 'schedule.yaml')))) names.push(entry.name);
  }
  return names.toSorted();
}

async function scheduleFileOf(settings: Settings, name: string): Promise<string> {
  const seed = path.join(settings.seedsDir, name, 'schedule.yaml');
  if (/^[a-z0-9-]+$/u.test(name) && (await exists(seed))) return seed;
  const given = path.resolve(name);
  if (/\.ya?ml$/u.test(name) && (await exists(given))) return given;
  const inside = path.join(given, 'schedule.yaml');
  if (await exists(inside)) return inside;
  const known = await knownSchedules(settings);
  throw new Failure(`没有名为 ${name} 的分解表，也没有这个文件。${known.length === 0 ? '' : `现有：${known.join('、')}`}`);
}

function valueOf<T>(result: Result<T, SourceError>): T {
  if (result.ok) return result.value;
  throw new Failure(formatErrors(result.errors), EXIT.findings);
}

async function source(file: string): Promise<{ file: string; text: string }> {
  return { file: shown(file), text: await readFile(file, 'utf8') };
}

/** Paths as a person would type them from here. */
export function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
