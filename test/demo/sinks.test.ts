import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openChannels } from '../../src/channels/index.ts';
import { startInbox } from '../../src/demo/inbox.ts';
import { startMailSink, type MailReply, type MailSink, type SunkMail } from '../../src/demo/mail-sink.ts';
import { startSmsSink, type SmsSink, type SunkSms } from '../../src/demo/sms-sink.ts';
import type { Channels } from '../../src/domain/delivery.ts';
import { mail, never, sms } from '../channels/mails.ts';

const closers: { close(): Promise<void> }[] = [];
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cuiban-sinks-'));
});

afterEach(async () => {
  for (const each of closers.splice(0).toReversed()) await each.close();
  rmSync(dir, { recursive: true });
});

interface Sinks {
  readonly channels: Channels;
  readonly mails: SunkMail[];
  readonly texts: SunkSms[];
  readonly mailSink: MailSink;
  readonly smsSink: SmsSink;
}

async function sinks(respond: (mail: SunkMail) => MailReply = () => 'accept'): Promise<Sinks> {
  const mails: SunkMail[] = [];
  const texts: SunkSms[] = [];
  const mailSink = await startMailSink({ dir, respond, onMail: (each) => mails.push(each) });
  const smsSink = await startSmsSink({
    file: join(dir, 'sms.jsonl'),
    now: () => new Date('2026-03-28T16:10:00Z'),
    onSms: (each) => texts.push(each),
  });
  const channels = openChannels({ smtpUrl: mailSink.url, smppUrl: smsSink.url, log: { info: () => {} } });
  closers.push(mailSink, smsSink, channels.email);
  if (channels.sms !== null) closers.push(channels.sms);
  return { channels, mails, texts, mailSink, smsSink };
}

describe('the mail sink', () => {
  it('keeps a mail under the day it is in China, named by time and mailbox, byte for byte', async () => {
    const { channels, mails } = await sinks();
    // half past eight in the evening of 27 March in UTC is past four in the morning of the 28th in China
    await channels.email.send(mail({ date: new Date('2026-03-27T20:30:00Z') }), never);
    const [kept] = mails;
    expect(relative(dir, kept!.file!)).toBe(join('2026-03-28', '0430-jyj-zhang.wenhua-1.eml'));
    const raw = readFileSync(kept!.file!, 'utf8');
    expect(Buffer.byteLength(raw)).toBe(kept!.size);
    expect(raw).toContain(`Message-ID: ${mail().messageId}`);
  });

  it('counts copies up and overwrites none', async () => {
    const { channels } = await sinks();
    await channels.email.send(mail(), never);
    await channels.email.send(mail(), never);
    expect(readdirSync(join(dir, '2026-03-28')).toSorted()).toEqual([
      '0830-jyj-zhang.wenhua-1.eml',
      '0830-jyj-zhang.wenhua-2.eml',
    ]);
  });

  it('keeps a mailbox with strange letters inside its folder', async () => {
    const { channels, mails } = await sinks();
    await channels.email.send(mail({ to: { name: '', address: '../../x/y@a.cn' } }), never);
    await channels.email.send(mail({ to: { name: '', address: "a/b|c'd@a.cn" } }), never);
    expect(mails.map(({ file }) => relative(dir, file!))).toEqual([join('2026-03-28', '0830-a-a_b_c_d-1.eml')]);
  });

  it.each<[string, MailReply, string, number]>([
    ['refuses', { code: 550, text: '5.1.1 unknown' }, 'permanent', 0],
    ['asks to wait', { code: 450, text: '4.2.0 greylisted' }, 'retryable', 0],
    ['breaks the line', 'drop', 'unknown', 0],
    ['takes the mail and breaks the line', 'accept-drop', 'unknown', 1],
  ])('%s when it is told to', async (_what, reply, outcome, kept) => {
    const { channels, mails } = await sinks(() => reply);
    expect((await channels.email.send(mail(), never)).outcome).toBe(outcome);
    expect(mails).toHaveLength(kept);
  });

  it('falls silent when it is told to, and still closes', async () => {
    const caller = new AbortController();
    const { channels } = await sinks(() => {
      setImmediate(() => caller.abort());
      return 'hang';
    });
    expect((await channels.email.send(mail(), caller.signal)).outcome).toBe('unknown');
  });

  it('closes although someone stays connected', async () => {
    const { mailSink } = await sinks();
    const idle = connect(mailSink.port, '127.0.0.1');
    await new Promise((resolve) => idle.once('data', resolve));
    const ended = new Promise((resolve) => idle.once('close', resolve));
    await closers.splice(0, 1)[0]!.close();
    await ended;
  });
});

describe('the SMS sink', () => {
  it('appends each whole text to its file once', async () => {
    const { channels, texts } = await sinks();
    const long = sms({ text: `【芮城县政府】${'您有事项到期😀'.repeat(20)}` });
    await channels.sms!.send(long, never);
    await channels.sms!.send(sms(), never);
    const lines = readFileSync(join(dir, 'sms.jsonl'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as SunkSms)).toEqual(texts);
    expect(texts.map(({ text, at }) => [text, at])).toEqual([
      [long.text, '2026-03-28T16:10:00.000Z'],
      [sms().text, '2026-03-28T16:10:00.000Z'],
    ]);
  });
});

describe('the inbox', () => {
  async function opened(): Promise<(path: string) => Promise<{ status: number; body: string; policy: string }>> {
    const inbox = await startInbox({ dir, smsFile: join(dir, 'sms.jsonl') });
    closers.push(inbox);
    return async (path) => {
      const answer = await fetch(inbox.url + path);
      return {
        status: answer.status,
        body: await answer.text(),
        policy: answer.headers.get('content-security-policy') ?? '',
      };
    };
  }

  it('says so when nothing has come yet', async () => {
    const get = await opened();
    expect((await get('')).body).toContain('演示开始后');
  });

  it('shows the newest day first: its mails and texts', async () => {
    const { channels } = await sinks();
    await channels.email.send(mail({ date: new Date('2026-03-01T01:00:00Z'), subject: '早些的邮件' }), never);
    await channels.email.send(mail(), never);
    await channels.sms!.send(sms(), never);
    const get = await opened();
    const newest = (await get('')).body;
    expect(newest).toContain('2026年3月29日');
    expect(newest).toContain(sms().text);
    const earlier = (await get('?day=2026-03-01')).body;
    expect(earlier).toContain('早些的邮件');
    expect(earlier).not.toContain(mail().subject);
  });

  it.each(['教育局', 'zhang.wenhua@', '义务教育', '张文华 优质'])('finds a mail by %s', async (query) => {
    const { channels } = await sinks();
    await channels.email.send(mail(), never);
    await channels.email.send(
      mail({ to: { name: '卫健局', address: 'wjj@ruicheng.gov.cn' }, subject: '别的事', text: '别的' }),
      never,
    );
    const get = await opened();
    const { body } = await get(`?q=${encodeURIComponent(query)}`);
    expect(body).toContain('邮件 1 封，短信 0 条');
    expect(body).toContain('张文华');
  });

  it('escapes what a mail brings, and shuts its HTML in a frame that runs nothing', async () => {
    const { channels } = await sinks();
    const script = '<script>alert(1)</script>';
    await channels.email.send(mail({ subject: `${script}"><b>`, text: script, html: `<p>${script}</p>` }), never);
    const get = await opened();
    const id = encodeURIComponent('2026-03-28/0830-jyj-zhang.wenhua-1.eml');
    for (const path of ['', `?q=${encodeURIComponent(script)}`, `mail?id=${id}`]) {
      const { body, policy } = await get(path);
      expect(body).not.toContain('<script');
      expect(body).toContain('&lt;script&gt;');
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('script-src');
    }
    const framed = await get(`mail/html?id=${id}`);
    expect(framed.policy).toMatch(/^sandbox (?!.*allow-scripts)(?!.*allow-same-origin).*default-src 'none'/u);
    expect((await get(`mail?id=${id}`)).body).toMatch(/<iframe\s+sandbox="(?!.*allow-scripts)(?!.*allow-same-origin)/u);
  });

  it.each(['mail?id=../../etc/passwd', 'mail/html?id=2026-03-28/../../x', 'mail', 'nothing'])(
    'has no page for %s',
    async (path) => {
      const get = await opened();
      expect((await get(path)).status).toBe(404);
    },
  );

  it('answers to this machine by its own name only', async () => {
    const inbox = await startInbox({ dir, smsFile: null });
    closers.push(inbox);
    const said = await new Promise<string>((resolve) => {
      const line = connect(inbox.port, '127.0.0.1', () =>
        line.write('GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n'),
      );
      line.once('data', (chunk) => resolve(chunk.toString()));
    });
    expect(said).toContain('HTTP/1.1 421');
  });
});
