// Everything a coordinator edits, read and validated as a whole: a worker starts with all of it or not at all.

import { createHash } from 'node:crypto';
import { join } from 'node:path';

import type { Calendar } from '../domain/calendar.ts';
import type { Office } from '../domain/office.ts';
import type { Policy } from '../domain/policy.ts';
import type { Rename } from '../domain/renames.ts';
import type { Result } from '../domain/result.ts';
import type { Source, SourceError } from '../yaml.ts';
import { readCalendar } from './calendar.ts';
import { readOffices } from './office.ts';
import { readPolicy } from './policy.ts';
import { readRenames, renamesSource } from './renames.ts';
import { compileTemplates, readSource, readTemplateSources, type Templates, type TemplateSources } from './templates.ts';

export interface Configuration {
  readonly offices: ReadonlyMap<string, Office>;
  readonly policy: Policy;
  readonly calendar: Calendar;
  readonly templates: Templates;
  /** Of offices in reforms; empty where the folder has no renames.yaml. */
  readonly renames: readonly Rename[];
  /** `file:line:column` of what findings point at, by name. */
  readonly places: {
    readonly offices: ReadonlyMap<string, string>;
    readonly stages: ReadonlyMap<string, string>;
    readonly ladders: ReadonlyMap<string, string>;
  };
  /** Twelve hex digits over the bytes of all files. */
  readonly version: string;
}

/** Reads `config/`. All errors of all files at once, in the order office, policy, calendar, templates, renames. */
export async function readConfiguration(dir: string): Promise<Result<Configuration, SourceError>> {
  const read = (name: string): Promise<Result<Source, SourceError>> => readSource(join(dir, name));
  const [office, policy, calendar, layouts, renaming] = await Promise.all([
    read('office.yaml'),
    read('policy.yaml'),
    read('calendar.yaml'),
    readTemplateSources(join(dir, 'templates')),
    renamesSource(dir),
  ]);
  const offices = then(office, readOffices);
  const policies = then(policy, readPolicy);
  const calendars = then(calendar, readCalendar);
  const templates = then(layouts, compileTemplates);
  const renames = renaming === null ? NO_RENAMES : then(renaming, readRenames);
  if (!offices.ok || !policies.ok || !calendars.ok || !templates.ok || !renames.ok) {
    return {
      ok: false,
      errors: [offices, policies, calendars, templates, renames].flatMap((each) => (each.ok ? [] : each.errors)),
    };
  }
  return {
    ok: true,
    value: {
      offices: offices.value.offices,
      policy: policies.value.policy,
      calendar: calendars.value,
      templates: templates.value,
      renames: renames.value,
      places: { offices: offices.value.places, ...policies.value.places },
      version: versionOf([office, policy, calendar, ...(renaming === null ? [] : [renaming])], layouts),
    },
  };
}

type Read<T> = Result<T, SourceError>;

const NO_RENAMES: Read<readonly Rename[]> = { ok: true, value: [] };

function versionOf(files: readonly Read<Source>[], layouts: Read<TemplateSources>): string {
  const hash = createHash('sha256');
  const sources = [
    ...files.flatMap((each) => (each.ok ? [each.value] : [])),
    ...(layouts.ok ? Object.values(layouts.value) : []),
  ];
  for (const { text } of sources) hash.update(`${text.length}\0${text}`);
  return hash.digest('hex').slice(0, 12);
}

function then<From, To>(source: Read<From>, reader: (source: From) => Read<To>): Read<To> {
  return source.ok ? reader(source.value) : source;
}
