import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { readSmtpUrl } from '../../src/channels/email-url.ts';
import { openEmail } from '../../src/channels/email.ts';
import { openSmpp } from '../../src/channels/smpp.ts';
import { startMailSink, type SunkMail } from '../../src/demo/mail-sink.ts';
import { startSmsSink, type SunkSms } from '../../src/demo/sms-sink.ts';
import { mail, never, sms } from './mails.ts';
import { startRelay } from './scripted-smtp.ts';

const dir = mkdtempSync(join(tmpdir(), 'cuiban-ca-'));
const closers: { close(): Promise<void> }[] = [];
let tls: { key: string; cert: string };

const file = (name: string): string => join(dir, name);
const openssl = (...words: string[]): void => void execFileSync('openssl', words, { cwd: dir, stdio: 'ignore' });

beforeAll(() => {
  for (const ca of ['office', 'stranger']) {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '30',
      '-subj',
      `/CN=${ca} CA`,
      '-keyout',
      `${ca}.key`,
      '-out',
      `${ca}.pem`,
    );
  }
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=mail.ruicheng.gov.cn',
    '-keyout',
    'relay.key',
    '-out',
    'relay.csr',
  );
  writeFileSync(file('names'), 'subjectAltName=DNS:mail.ruicheng.gov.cn');
  openssl(
    'x509',
    '-req',
    '-in',
    'relay.csr',
    '-CA',
    'office.pem',
    '-CAkey',
    'office.key',
    '-CAcreateserial',
    '-days',
    '30',
    '-extfile',
    'names',
    '-out',
    'relay.pem',
  );
  tls = {
    key: readFileSync(file('relay.key'), 'utf8'),
    cert: readFileSync(file('relay.pem'), 'utf8'),
  };
});

afterAll(() => rmSync(dir, { recursive: true }));
afterEach(async () => {
  for (const each of closers.splice(0).toReversed()) await each.close();
});

async function encrypted(query: string) {
  const mails: SunkMail[] = [];
  const sink = await startMailSink({
    tls,
    login: { user: 'duban', pass: 'p@ss:word' },
    onMail: (each) => mails.push(each),
  });
  const channel = openEmail({ url: `smtp://duban:p%40ss%3Aword@127.0.0.1:${sink.port}${query}` });
  closers.push(sink, channel);
  return { mails, channel };
}

describe('a relay with a certificate of the office', () => {
  it('is used over STARTTLS with that authority and a login', async () => {
    const { mails, channel } = await encrypted(`?requireTLS=true&caFile=${file('office.pem')}&serverName=mail.ruicheng.gov.cn`);
    expect(await channel.check()).toEqual({
      ok: true,
      detail: 'the relay greets us and accepts the login',
    });
    expect(await channel.send(mail(), never)).toMatchObject({ outcome: 'accepted' });
    expect(mails).toHaveLength(1);
  });

  it.each([
    ['no authority of its own', () => '?requireTLS=true&serverName=mail.ruicheng.gov.cn'],
    ['the wrong authority', () => `?requireTLS=true&caFile=${file('stranger.pem')}&serverName=mail.ruicheng.gov.cn`],
    ['the wrong name', () => `?requireTLS=true&caFile=${file('office.pem')}&serverName=mail.other.gov.cn`],
  ])('is refused with %s, before login and mail', async (_what, query) => {
    const { mails, channel } = await encrypted(query());
    expect(await channel.send(mail(), never)).toMatchObject({
      outcome: 'permanent',
      about: 'config',
      code: 'tls-certificate',
    });
    expect((await channel.check()).detail).toContain('certificate');
    expect(mails).toEqual([]);
  });
});

describe('an SMS gateway with a certificate of the office', () => {
  it.each([
    ['takes texts over a line verified with that authority', 'office', 'mail.ruicheng.gov.cn', 'accepted'],
    ['is refused with the wrong authority', 'stranger', 'mail.ruicheng.gov.cn', 'permanent'],
    ['is refused with the wrong name', 'office', 'gw.other.cn', 'permanent'],
  ])('%s', async (_what, ca, name, outcome) => {
    const texts: SunkSms[] = [];
    const sink = await startSmsSink({ tls, onSms: (each) => texts.push(each) });
    const channel = openSmpp({
      url: `smpps://a:b@127.0.0.1:${sink.port}?caFile=${file(`${ca}.pem`)}&serverName=${name}`,
    });
    closers.push(sink, channel);
    expect(await channel.send(sms(), never)).toMatchObject({ outcome });
    expect(texts).toHaveLength(outcome === 'accepted' ? 1 : 0);
  });
});

it('a relay without STARTTLS gets nothing when encryption is required', async () => {
  const relay = await startRelay({});
  const channel = openEmail({ url: `${relay.url}?requireTLS=true` });
  closers.push(relay, channel);
  expect(await channel.send(mail(), never)).toMatchObject({
    outcome: 'permanent',
    about: 'config',
    code: 'tls',
  });
  expect(relay.commands.filter((line) => /^(?:MAIL|AUTH)/u.test(line))).toEqual([]);
});

describe('SMTP_URL', () => {
  it('asks for encryption unless the relay is this machine', () => {
    expect(readSmtpUrl('smtp://mail.example.gov.cn')).toMatchObject({
      requireTls: true,
      implicitTls: false,
      port: 587,
    });
    expect(readSmtpUrl('smtp://127.0.0.1:2525')).toMatchObject({ requireTls: false, port: 2525 });
    expect(readSmtpUrl('smtps://u:p@mail.example.gov.cn')).toMatchObject({
      implicitTls: true,
      port: 465,
      login: { user: 'u', pass: 'p' },
    });
  });

  it.each([
    ['hello', 'is not a URL'],
    ['http://a.cn', 'must begin with'],
    ['smtp://u:s3cret@a.cn?requireTLS=false', 'plain'],
    ['smtp://u:s3cret@a.cn?tls=no', 'does not know'],
    ['smtp://a.cn?requireTLS=1', 'neither true nor false'],
    ['smtp://a.cn?mailFrom=a@b.cn,c@d.cn', 'no mail address'],
    ['smtp://a.cn?ehlo=a%0d%0ab', 'no host name'],
    ['smtp://a.cn?connections=0', 'outside 1 to 20'],
    ['smtp://a.cn?caFile=/nowhere.pem', 'cannot read /nowhere.pem'],
    ['smtp://u:100%s3cret@a.cn', 'not percent-encoded'],
  ])('%s is refused in words that hold no password', (url, words) => {
    let said = '';
    try {
      readSmtpUrl(url);
    } catch (error) {
      said = String(error);
    }
    expect(said).toContain(words);
    expect(said).not.toContain('s3cret');
  });
});
