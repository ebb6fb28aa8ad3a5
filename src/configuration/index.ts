// Everything a coordinator edits, read and validated as a whole: a worker starts with all of it or not at all.

import { createHash } from 'node:crypto';
import { join } from 'node:path';

import type { Calendar } from '../domain/calendar.ts';
import type { Office } from '../domain/office.ts';
import type { Policy } from '../domain/policy.ts';
import type { Result } from '../domain/result.ts';
import type { Source, SourceError } from '../yaml.ts';
import { readCalendar } from './calendar.ts';
import { readOffices } from './office.ts';
import { readPolicy } from './policy.ts';
import { compileTemplates, readSource, TEMPLATE_FILES, type Templates } from './templates.ts';

export interface Configuration {
  readonly offices: ReadonlyMap<string, Office>;
  readonly policy: Policy;
  readonly calendar: Calendar;
  readonly templates: Templates;
  /** `file:line:column` of what findings point at, by name. */
  readonly places: {
    readonly offices: ReadonlyMap<string, string>;
    readonly stages: ReadonlyMap<string, string>;
    readonly ladders: ReadonlyMap<string, string>;
  };
  /** Twelve hex digits over the bytes of all files. */
  readonly version: string;
}

/** Reads `config/`. All errors of all files at once, in the order office, policy, calendar, templates. */
export async function readConfiguration(dir: string): Promise<Result<Configuration, SourceError>> {
  const read = (...path: readonly string[]): Promise<Result<Source, SourceError>> => readSource(join(dir, ...path));
  const template = (name: keyof typeof TEMPLATE_FILES): Promise<Result<Source, SourceError>> => read('templates', TEMPLATE_FILES[name]);
  const [office, policy, calendar, letters, text, html, sms] = await Promise.all([
    read('office.yaml'),
    read('policy.yaml'),
    read('calendar.yaml'),
    template('letters'),
    template('text'),
    template('html'),
    template('sms'),
  ]);
  const offices = then(office, readOffices);
  const policies = then(policy, readPolicy);
  const calendars = then(calendar, readCalendar);
  const layouts = [letters, text, html, sms];
  const templates: Result<Templates, SourceError> =
    letters.ok && text.ok && html.ok && sms.ok
      ? compileTemplates({ letters: letters.value, text: text.value, html: html.value, sms: sms.value })
      : { ok: false, errors: layouts.flatMap((each) => (each.ok ? [] : each.errors)) };
  if (!offices.ok || !policies.ok || !calendars.ok || !templates.ok) {
    return { ok: false, errors: [offices, policies, calendars, templates].flatMap((each) => (each.ok ? [] : each.errors)) };
  }
  const hash = createHash('sha256');
  for (const each of [office, policy, calendar, ...layouts]) hash.update(each.ok ? `${each.value.text}\0` : '');
  return {
    ok: true,
    value: {
      offices: offices.value.offices,
      policy: policies.value.policy,
      calendar: calendars.value,
      templates: templates.value,
      places: { offices: offices.value.places, ...policies.value.places },
      version: hash.digest('hex').slice(0, 12),
    },
  };
}

function then<T>(source: Result<Source, SourceError>, reader: (source: Source) => Result<T, SourceError>): Result<T, SourceError> {
  return source.ok ? reader(source.value) : source;
}
