// A town of so many bureaus, each with one task handed out this minute: so many mails are due at one moment.
import { readConfiguration } from '../../src/configuration/index.ts';
import type { Directory, Unit } from '../../src/domain/directory.ts';
import { openLedger } from '../../src/ledger/index.ts';

const DAY = 86_400_000;

/** Fills the ledger at this address under this configuration. Returns the addresses that are owed a mail, sorted. */
export async function foundTown(databaseUrl: string, configDir: string, bureaus: number): Promise<readonly string[]> {
  const read = await readConfiguration(configDir);
  if (!read.ok) throw new Error('the configuration is not valid');
  const { offices, calendar } = read.value;
  const office = offices.get('ruicheng');
  if (office === undefined) throw new Error('the configuration has no such office');
  const unit = (id: string, name: string, posts: readonly string[]): Unit => ({
    id,
    name,
    aliases: [],
    external: false,
    contacts: posts.map((post, n) => ({
      id: `${id}/${n}/1`,
      post,
      name: `${name}${post}`,
      email: `${id}.${n}@ruicheng.example`,
      mobile: null,
      from: null,
      until: null,
    })),
  });
  const units = Array.from({ length: bureaus }, (_, n) => unit(`b${n}`, `第${n}局`, ['联络员', '主要负责人']));
  const directory: Directory = {
    office: 'ruicheng',
    supervisor: 'office',
    units: [unit('office', '县政府办公室', ['协调人', '督办', '分管领导']), ...units],
    groups: [],
  };
  const now = Date.now();
  const due = new Date(now + 60 * DAY).toISOString().slice(0, 10);
  const year = Number(due.slice(0, 4));
  const issuedOn = new Date(now - DAY).toISOString().slice(0, 10);
  const ledger = await openLedger({ url: databaseUrl, offices: () => offices, calendar: () => calendar });
  try {
    await ledger.migrate();
    await ledger.confirm({
      schedule: {
        name: 'town',
        office: 'ruicheng',
        notice: { title: '要点', number: null, issuer: office.name, issuedOn, assumedIssuedOn: null, year },
        tasks: [
          {
            ref: '1',
            title: '任务一',
            quote: null,
            deadlines: [],
            lead: units.map(({ name }) => name),
            cooperate: [],
            review: [],
            groups: {},
          },
        ],
      },
      directory,
      office,
      assignments: units.map(({ id }) => ({
        ref: '1',
        unit: id,
        role: 'lead' as const,
        deadline: { kind: 'by' as const, date: due, text: due },
        pursuit: 'dated' as const,
        due,
      })),
      problems: [],
      at: now,
      actor: '许子轩',
    });
  } finally {
    await ledger.close();
  }
  return units.map(({ id }) => `${id}.0@ruicheng.example`).toSorted();
}
