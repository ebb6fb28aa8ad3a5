// What the demo's mail server and SMS gateway have kept, read back for the inbox page. Files are written once and never
// change, so each is parsed once.

import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { DateTime } from 'luxon';
import PostalMime from 'postal-mime';

import type { Mailbox } from '../domain/delivery.ts';
import { readMail } from './mail-sink.ts';
import type { SunkSms } from './sms-sink.ts';

export interface KeptMail {
  readonly kind: 'mail';
  /** `2026-03-28/0830-zhang-1.eml`: its file under the folder. */
  readonly id: string;
  /** `2026-03-28`, or `undated`. */
  readonly day: string;
  /** `08:30` in China. */
  readonly time: string;
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: readonly { readonly key: string; readonly value: string }[];
}

interface KeptSms {
  readonly kind: 'sms';
  readonly day: string;
  readonly time: string;
  readonly to: string;
  readonly text: string;
  readonly parts: number;
}

export type Kept = KeptMail | KeptSms;

export interface Archive {
  /** Everything kept, newest first. */
  all(): Promise<readonly Kept[]>;
  mail(id: string): Promise<KeptMail | null>;
}

/** Opens the folder of the mail sink and the file of the SMS sink; either may not exist yet. */
export function openArchive(dir: string, smsFile: string | null): Archive {
  const parsed = new Map<string, KeptMail>();

  const mails = async (): Promise<KeptMail[]> => {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(orNothing);
    const found = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.eml'));
    return Promise.all(
      found.map(async (entry) => {
        const day = basename(entry.parentPath);
        const id = `${day}/${entry.name}`;
        const mail = parsed.get(id) ?? (await parseMail(join(entry.parentPath, entry.name), id, day));
        parsed.set(id, mail);
        return mail;
      }),
    );
  };

  return {
    all: async () => {
      const texts = smsFile === null ? [] : await readTexts(smsFile);
      const everything: Kept[] = [...(await mails()), ...texts];
      return everything.toSorted((a, b) => compare(sortKey(b), sortKey(a)));
    },
    mail: async (id) => (await mails()).find((each) => each.id === id) ?? null,
  };
}

/** True when every word of `query` stands in the unit, name, address, number, subject or text. */
export function matches(kept: Kept, query: string): boolean {
  const hay =
    kept.kind === 'mail'
      ? [kept.to.name, kept.to.address, kept.from.name, kept.from.address, kept.subject, kept.text]
      : [kept.to, kept.text];
  const text = hay.join('\n').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/u)
    .every((word) => text.includes(word));
}

async function parseMail(path: string, id: string, day: string): Promise<KeptMail> {
  const { from, to, subject, text, html, headers, date } = readMail(await PostalMime.parse(await readFile(path)));
  const { time } = chinese(date);
  return { kind: 'mail', id, day, time, from, to, subject, text, html, headers };
}

async function readTexts(file: string): Promise<KeptSms[]> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line.endsWith('}'));
  return lines.map((line) => {
    // written by sms-sink.ts and nobody else
    const { at, to, text, ids } = JSON.parse(line) as SunkSms;
    return { kind: 'sms', ...chinese(at), to, text, parts: ids.length };
  });
}

function chinese(instant: string | null): { day: string; time: string } {
  const at = instant === null ? null : DateTime.fromISO(instant, { zone: 'Asia/Shanghai' });
  if (at === null || !at.isValid) return { day: 'undated', time: '' };
  return { day: at.toFormat('yyyy-MM-dd'), time: at.toFormat('HH:mm') };
}

function sortKey({ day, time }: Kept): string {
  return day === 'undated' ? '' : `${day} ${time}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function orNothing(): [] {
  return [];
}
