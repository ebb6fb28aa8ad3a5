/** A whole process in this one: ledger, queue, channels and HTTP on real parts; its own clock stands at a working morning. */
import { clockFrom } from '../../src/app-clock.ts';
import type { Role } from '../../src/app-roles.ts';
import { type App, openApp } from '../../src/app.ts';
import { readConfiguration } from '../../src/configuration/index.ts';
import { type MailReply, startMailSink, type SunkMail } from '../../src/demo/mail-sink.ts';
import type { NewAssignment } from '../../src/domain/assignment.ts';
import { openLedger } from '../../src/ledger/index.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLog } from '../../src/log.ts';
import { readSettings, type Settings } from '../../src/settings.ts';
import { at, directory, office } from '../jobs/cast.ts';
import { confirmation } from '../ledger/cast.ts';
import { type TestDatabase, testDatabase } from '../support/postgres.ts';

export { duty } from '../jobs/cast.ts';

/** A Wednesday. */
export const MORNING = at('2022-08-24', '09:30');

export interface Watched {
  readonly app: App;
  readonly url: string;
  readonly ledger: Ledger;
  readonly database: TestDatabase;
  /** How the mail server answers from now on. */
  answers(reply: MailReply): void;
  readonly mails: readonly SunkMail[];
  confirm(duties: readonly NewAssignment[]): Promise<void>;
  get(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

export interface Wanted {
  readonly roles?: readonly Role[];
  readonly redisUrl?: string;
  readonly settings?: Partial<Settings>;
  readonly heartbeatUrl?: string;
  /** Another process on the same ledger. */
  readonly database?: TestDatabase;
}

export async function openWatched(name: string, wanted: Wanted = {}): Promise<Watched> {
  const read = await readConfiguration('config');
  if (!read.ok) throw new Error('the configuration of the house is not valid');
  const configuration = { current: () => read.value };
  const database = wanted.database ?? (await testDatabase(name));
  const mails: SunkMail[] = [];
  let reply: MailReply = 'accept';
  const sink = await startMailSink({ respond: () => reply, onMail: (mail) => mails.push(mail) });
  const ledger = await openLedger({
    url: database.url,
    poolSize: 5,
    offices: () => read.value.offices,
    calendar: () => read.value.calendar,
  });
  await ledger.migrate();
  const app = await openApp({
    settings: { ...readSettings({}), smtpUrl: sink.url, redisUrl: wanted.redisUrl ?? null, ...wanted.settings },
    configuration,
    clock: clockFrom(MORNING),
    drill: false,
    ledger,
    databaseUrl: database.url,
    log: openLog('silent'),
    watch: { http: { host: '127.0.0.1', port: 0, required: true }, heartbeatUrl: wanted.heartbeatUrl ?? null },
    ...(wanted.roles === undefined ? {} : { roles: wanted.roles }),
  });
  const url = app.httpUrl ?? '';
  return {
    app,
    url,
    ledger,
    database,
    answers: (to) => void (reply = to),
    mails,
    confirm: async (duties) => {
      await ledger.confirm({ ...confirmation(duties), office, directory, at: at('2022-08-01') });
    },
    get: (path, init) => fetch(new URL(path, url), { redirect: 'manual', ...init }),
    close: async () => {
      await app.stop(1_000);
      await ledger.close();
      await sink.close();
      if (wanted.database === undefined) await database.drop();
    },
  };
}
