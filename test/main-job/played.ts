/** What a demo said in JSON, and what lies on the disk after it, read without any help of the demo's own. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import pg from 'pg';
import PostalMime from 'postal-mime';
import { parse } from 'yaml';

import type { DemoBeginning, DemoDay, DemoEnd } from '../../src/demo/story.ts';
import type { SunkSms } from '../../src/demo/sms-sink.ts';
import { openEmbeddedPostgres } from '../../src/postgres.ts';
import { type Ended, HOME, jsonLines } from './cuiban.ts';

type Said =
  | ({ readonly type: 'begins' } & DemoBeginning)
  | { readonly type: 'worker'; readonly pid: number; readonly event: 'started' | 'killed' }
  | ({ readonly type: 'day' } & DemoDay)
  | ({ readonly type: 'ends' } & DemoEnd);

export interface Played {
  readonly days: readonly DemoDay[];
  readonly messages: DemoDay['messages'];
  readonly workers: readonly { readonly pid: number; readonly event: 'started' | 'killed' }[];
  readonly end: DemoEnd | null;
}

export function played({ out }: Pick<Ended, 'out'>): Played {
  const said = jsonLines<Said>(out);
  const days = said.filter((each) => each.type === 'day');
  return {
    days,
    messages: days.flatMap(({ messages }) => messages),
    workers: said.filter((each) => each.type === 'worker'),
    end: said.find((each) => each.type === 'ends') ?? null,
  };
}

export interface Task {
  readonly ref: string;
  readonly unit: string;
  readonly due: string | null;
  readonly stage: string;
}

/** One line for what a message is: when, how, to whom, about what. */
export function identity(day: string, channel: string, address: string, tasks: readonly Task[]): string {
  const about = tasks.map(({ ref, unit, due, stage }) => `${ref} ${unit} ${due ?? '—'} ${stage}`).toSorted();
  return `${day} ${channel} ${address}: ${about.join('; ')}`;
}

/** The day in China, worked out by hand: +08:00 all year. */
function chineseDay(instant: number): string {
  return new Date(instant + 8 * 3_600_000).toISOString().slice(0, 10);
}

export function identities(messages: DemoDay['messages']): string[] {
  return messages
    .map(({ at, channel, address, items }) =>
      identity(
        chineseDay(at),
        channel,
        address,
        items.map(({ ref, unitName, due, stage }) => ({ ref, unit: unitName, due, stage })),
      ),
    )
    .toSorted();
}

export interface Letter {
  readonly file: string;
  readonly day: string;
  readonly messageId: string;
  readonly to: readonly string[];
  readonly copies: number;
  readonly subject: string;
  readonly text: string;
  readonly header: ReadonlyMap<string, string>;
}

export async function letters(data: string): Promise<readonly Letter[]> {
  const outbox = join(data, 'demo', 'mail');
  const files = (await readdir(outbox, { recursive: true })).filter((name) => name.endsWith('.eml'));
  return Promise.all(
    files.map(async (file): Promise<Letter> => {
      const mail = await PostalMime.parse(await readFile(join(outbox, file)));
      return {
        file,
        day: chineseDay(Date.parse(mail.date ?? '')),
        messageId: mail.messageId ?? '',
        to: (mail.to ?? []).map(({ address }) => address ?? ''),
        copies: (mail.cc ?? []).length + (mail.bcc ?? []).length,
        subject: mail.subject ?? '',
        text: mail.text ?? '',
        header: new Map(mail.headers.map(({ key, value }) => [key, value])),
      };
    }),
  );
}

export async function texts(data: string): Promise<readonly SunkSms[]> {
  return jsonLines<SunkSms>(await readFile(join(data, 'demo', 'sms.jsonl'), 'utf8').catch(() => ''));
}

/** Unit ids by what stands in a contact's `email` or `mobile`, from the seed as it is written. */
export async function unitsBy(what: 'email' | 'mobile', schedule: string): Promise<ReadonlyMap<string, string>> {
  const directory = parse(await readFile(join(HOME, 'seeds', schedule, 'directory.yaml'), 'utf8')) as {
    units: { id: string; contacts: { email?: string; mobile?: string }[] }[];
  };
  return new Map(directory.units.flatMap(({ id, contacts }) => contacts.map((each) => [each[what]?.replace('+', '') ?? '', id])));
}

export function countBy<T>(things: readonly T[], key: (thing: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const thing of things) counts.set(key(thing), (counts.get(key(thing)) ?? 0) + 1);
  return counts;
}

/** One question to the ledger of the demo that was played in `data`. */
export async function askLedger<Row extends pg.QueryResultRow>(data: string, sql: string): Promise<readonly Row[]> {
  const server = await openEmbeddedPostgres({ dataDir: join(data, 'postgres') });
  const client = new pg.Client({ connectionString: server.url('cuiban_demo') });
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
    await server.release();
  }
}
