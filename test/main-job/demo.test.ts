// The demo as a process: what it says it sent is what lies in the inboxes, and it sends what a rehearsal announces.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { cuiban, exists, folder, jsonLines, killAll, processesIn, start } from './cuiban.ts';
import { askLedger, countBy, identities, identity, letters, played, type Task, texts, unitsBy } from './played.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

const ARGS = ['demo', '--json', '--speed', '100000', '--to', '2022-10-31'];

let data: Awaited<ReturnType<typeof folder>>;
let environment: Record<string, string>;

beforeAll(async () => {
  data = await folder();
  environment = { CUIBAN_DATA: data.path };
});

afterAll(async () => {
  await killAll();
  await data.remove();
});

describe('a demo', () => {
  it('stops within ten seconds of ctrl-C and leaves nothing running', async () => {
    const demo = start(ARGS, environment);
    await demo.line('a day with mails', (line) => line.includes('"type":"day"'));
    expect(await processesIn(data.path)).not.toEqual([]);
    const asked = performance.now();
    demo.kill('SIGINT');
    demo.kill('SIGINT');
    const ended = await demo.ended;
    expect(performance.now() - asked).toBeLessThan(10_000);
    expect(ended).toMatchObject({ code: 130, signal: null });
    expect(ended.err).not.toMatch(/"level":"(?:error|fatal)"|^\s+at /mu);
    expect(played(ended).end).toBeNull();
    expect(await processesIn(data.path)).toEqual([]);
    expect(await letters(data.path)).not.toEqual([]);
  });

  let first: string[];

  it('starts clean after that; its table agrees with a count of the inboxes and with the ledger, unit by unit', async () => {
    const ended = await cuiban(ARGS, environment);
    expect(ended).toMatchObject({ code: 0, err: '' });
    const { messages, end } = played(ended);
    if (end === null) throw new Error('the demo had no end');
    expect(end.tally).toMatchObject({ doubles: 0, missing: [], strange: [], disagreeing: [], agrees: true });

    const mails = await letters(data.path);
    const sms = await texts(data.path);
    expect(sms.length).toBeGreaterThan(5);
    expect(end.tally.inbox).toEqual({ emails: mails.length, sms: sms.length });
    expect(end.tally.ledger).toEqual(end.tally.inbox);

    const byEmail = await unitsBy('email', 'ruicheng-2022');
    const byMobile = await unitsBy('mobile', 'ruicheng-2022');
    const inboxes = countBy(mails, ({ to }) => byEmail.get(to[0] ?? '') ?? 'nobody');
    const phones = countBy(sms, ({ to }) => byMobile.get(to) ?? 'nobody');
    const emails = messages.filter(({ channel }) => channel === 'email');
    expect(countBy(emails, ({ to }) => to.unit)).toEqual(inboxes);
    for (const unit of end.units) {
      const own = emails.filter(({ to, items }) => to.unit === unit.unit && items.some((item) => item.unit === unit.unit));
      expect([unit.unitName, unit.inInbox, unit.sms, unit.emails]).toEqual([
        unit.unitName,
        inboxes.get(unit.unit) ?? 0,
        phones.get(unit.unit) ?? 0,
        own.length,
      ]);
      expect(unit.open + unit.completedInTime + unit.completedLate).toBe(unit.duties);
    }
    // The figures stand for something: duties were finished in time and late, some were not, and the ladder was climbed.
    const sum = (figure: 'completedInTime' | 'completedLate' | 'openOverdue'): number =>
      end.units.reduce((total, unit) => total + unit[figure], 0);
    expect(Math.min(sum('completedInTime'), sum('completedLate'), sum('openOverdue'))).toBeGreaterThan(0);
    expect(end.units.some(({ escalatedTo }) => escalatedTo.length > 0)).toBe(true);
    first = mails.map(({ day, to, subject }) => `${day} ${to.join()} ${subject}`).toSorted();
  });

  it('sends letters to one person each, marked as automatic, answerable, on a working day', async () => {
    const mails = await letters(data.path);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(mails.length);
    for (const { file, day, messageId, to, copies, subject, text, header } of mails) {
      expect([to.length, copies], file).toEqual([1, 0]);
      expect(messageId, file).toMatch(/^<[0-9a-f-]{36}\.\d+@ruicheng\.example>$/u);
      expect(header.get('auto-submitted'), file).toBe('auto-generated');
      expect(header.get('reply-to'), file).toContain('zwgk@ruicheng.example');
      expect(file.startsWith(day), file).toBe(true);
      expect(subject, file).toMatch(/^【.+】/u);
      expect(`${subject}${text}`, file).not.toContain('演练');
    }
    expect(mails.every(({ day }) => ![0, 6].includes(new Date(`${day}T00:00Z`).getUTCDay()) || /10-0[89]$/u.test(day))).toBe(
      true,
    );
  });

  it('gives a reason for everything that it did not send', async () => {
    const rows = await askLedger<{ reason: string; detail: string; n: number }>(
      data.path,
      'SELECT reason, detail, count(*)::int AS n FROM cuiban.suppression GROUP BY 1, 2',
    );
    expect(rows.reduce((total, { n }) => total + n, 0)).toBeGreaterThan(0);
    expect(rows.filter(({ reason, detail }) => reason === '' || detail === '')).toEqual([]);
    // Whatever was planned was sent, or its row says what became of it.
    expect(
      await askLedger(
        data.path,
        `SELECT r.state, r.void_reason, m.status FROM cuiban.reminder r JOIN cuiban.message m ON m.id = r.message_id
          WHERE NOT (r.state = 'sent' AND m.status IN ('sent', 'delivered')) AND r.state <> 'merged' AND r.void_reason IS NULL`,
      ),
    ).toEqual([]);
  });

  it('starts clean when it is run again and sends the same', async () => {
    const ended = await cuiban(ARGS, environment);
    expect(ended.code).toBe(0);
    const again = (await letters(data.path)).map(({ day, to, subject }) => `${day} ${to.join()} ${subject}`);
    expect(again.toSorted()).toEqual(first);
    expect(await exists(`${data.path}/demo/sms.jsonl`)).toBe(true);
    expect(await processesIn(data.path)).toEqual([]);
  });

  it('with nobody answering sends exactly what the rehearsal announces, and holds back what it holds back', async () => {
    const span = ['--from', '2022-07-12', '--to', '2022-10-31'];
    const [demo, rehearsal] = await Promise.all([
      cuiban(['demo', '--silent', '--json', '--speed', '100000', ...span], environment),
      cuiban(['rehearse', '--json', '--suppressed', '--schedule', 'ruicheng-2022', ...span], {}),
    ]);
    interface Announced {
      at: string;
      to: { address: string };
      channel: string;
      tasks: Task[];
      suppressed?: string;
    }
    const lines = jsonLines<Announced>(rehearsal.out);
    const announced = lines.filter(({ suppressed }) => suppressed === undefined);
    const { messages, end } = played(demo);
    expect(announced.length).toBeGreaterThan(300);
    expect(identities(messages)).toEqual(
      announced.map(({ at, channel, to, tasks }) => identity(at.slice(0, 10), channel, to.address, tasks)).toSorted(),
    );
    expect(new Map(Object.entries(end?.suppressed ?? {}))).toEqual(
      countBy(
        lines.filter(({ suppressed }) => suppressed !== undefined),
        ({ suppressed }) => suppressed ?? '',
      ),
    );
    expect(end?.tally.agrees).toBe(true);
  });
});
