// The rules for placing: each office's hours and caps as configured now, else as they were stored.

import { randomUUID } from 'node:crypto';

import type { Calendar } from '../domain/calendar.ts';
import type { Office } from '../domain/office.ts';
import type { PlacingRules } from './placing.ts';
import type { Db } from './pool.ts';

export interface RulesSource {
  offices(): ReadonlyMap<string, Office>;
  calendar(): Calendar;
  /** A UUID for a new message or chunk; random unless given. */
  readonly newId?: () => string;
}

export function newIdOf(source: RulesSource): string {
  return source.newId?.() ?? randomUUID();
}

export async function rulesOf(db: Db, source: RulesSource, wanted: readonly string[]): Promise<PlacingRules> {
  const configured = source.offices();
  const missing = [...new Set(wanted)].filter((id) => !configured.has(id));
  const newId = (): string => newIdOf(source);
  if (missing.length === 0) return { offices: configured, calendar: source.calendar(), newId };
  const { rows } = await db.query<{ settings: Office }>('SELECT settings FROM cuiban.office WHERE id = ANY($1::text[])', [
    missing,
  ]);
  const stored = rows.map(({ settings }) => [settings.id, settings] as const);
  return { offices: new Map([...configured, ...stored]), calendar: source.calendar(), newId };
}
