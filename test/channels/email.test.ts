import { afterEach, describe, expect, it } from 'vitest';

import { openEmail, type EmailLimits } from '../../src/channels/email.ts';
import { startMailSink, type MailSinkOptions, type SunkMail } from '../../src/demo/mail-sink.ts';
import type { Channel, OutgoingEmail, Outcome } from '../../src/domain/delivery.ts';
import { mail, never } from './mails.ts';
import { startRelay, type Script, type ScriptedRelay } from './scripted-smtp.ts';

const SHORT: EmailLimits = { connectMs: 400, dataMs: 600, handOverMs: 800, replyMs: 150 };
const closers: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of closers.splice(0).toReversed()) await each.close();
});

async function relayed(script: Script): Promise<{ relay: ScriptedRelay; channel: Channel<OutgoingEmail> }> {
  const relay = await startRelay(script);
  const channel = openEmail({ url: relay.url, limits: SHORT });
  closers.push(relay, channel);
  return { relay, channel };
}

async function sunk(options: MailSinkOptions = {}, query = ''): Promise<{ channel: Channel<OutgoingEmail>; mails: SunkMail[] }> {
  const mails: SunkMail[] = [];
  const sink = await startMailSink({ ...options, onMail: (each) => mails.push(each) });
  const channel = openEmail({ url: sink.url + query });
  closers.push(sink, channel);
  return { channel, mails };
}

const kind = (outcome: Outcome): string => (outcome.outcome === 'permanent' ? `permanent ${outcome.about}` : outcome.outcome);
const BIG = '事项应于月底前办结。'.repeat(60_000);

// where the relay fails, what it does there, and what that means for the message
const ENDS: readonly (readonly [string, Script, string, Partial<OutgoingEmail>?])[] = [
  ['says nothing on connect', { greeting: 'hang' }, 'retryable'],
  ['closes on connect', { greeting: 'drop' }, 'retryable'],
  ['greets with 421', { greeting: '421 4.3.2 not now' }, 'retryable'],
  ['greets with 421 for too many connections', { greeting: '421 4.7.0 Too many connections' }, 'throttled'],
  ['greets with 554', { greeting: '554 5.7.1 no service for you' }, 'permanent config'],
  ['closes at MAIL', { mail: 'drop' }, 'retryable'],
  ['refuses the sender', { mail: '501 mail from address must be same as authorization user' }, 'permanent config'],
  ['wants a login at MAIL', { mail: '530 5.7.0 Must issue a STARTTLS command first' }, 'permanent config'],
  ['finds the mail too large at MAIL', { mail: '552 5.3.4 Message size exceeds fixed limit' }, 'permanent content'],
  ['greylists', { rcpt: '450 4.2.0 Greylisted, come back in 300 seconds' }, 'retryable'],
  ['knows no such mailbox', { rcpt: '550 5.1.1 User unknown' }, 'permanent recipient'],
  ['finds the mailbox full for good', { rcpt: '552 5.2.2 Over quota' }, 'permanent recipient'],
  ['finds the mailbox full for now', { rcpt: '452 4.2.2 Mailbox full' }, 'retryable'],
  ['does not relay', { rcpt: '554 5.7.1 Relay access denied' }, 'permanent config'],
  ['limits as NetEase at RCPT', { rcpt: '450 RP:DRC 163 smtp' }, 'throttled'],
  ['falls silent at RCPT', { rcpt: 'hang' }, 'retryable'],
  ['closes at DATA', { data: 'drop' }, 'retryable'],
  ['falls silent at DATA', { data: 'hang' }, 'retryable'],
  ['is out of step at DATA', { data: '503 5.5.1 bad sequence' }, 'retryable'],
  ['closes in the middle of the message', { body: 'drop' }, 'retryable', { text: BIG }],
  ['closes after the final dot', { dot: 'drop' }, 'unknown'],
  ['resets after the final dot', { dot: 'reset' }, 'unknown'],
  ['falls silent after the final dot', { dot: 'hang' }, 'unknown'],
  ['answers nonsense after the final dot', { dot: '354 go on' }, 'unknown'],
  ['answers 421 after the final dot', { dot: '421 4.3.0 closing' }, 'retryable'],
  ['answers 451 after the final dot', { dot: '451 4.3.0 disk' }, 'retryable'],
  ['limits as QQ after the final dot', { dot: '550 Ip frequency limited. http://service.mail.qq.com' }, 'throttled'],
  ['limits as QQ for one person', { dot: '550 Mailbox unavailable or access denied' }, 'throttled'],
  ['limits as NetEase', { dot: '421 HL:ICC 163 smtp' }, 'throttled'],
  ['limits as Aliyun', { dot: '554 Reject by behaviour spam: too frequently sending' }, 'throttled'],
  ['refuses the text as NetEase', { dot: '554 DT:SPM 163 smtp' }, 'permanent content'],
  ['refuses the text as QQ', { dot: '550 Mail content denied' }, 'permanent content'],
  ['finds a mail loop', { dot: '554 5.4.6 Too many hops' }, 'permanent content'],
  ['accepts', {}, 'accepted'],
  ['accepts and resets', { after: 'reset' }, 'accepted'],
];

describe('when the relay', () => {
  for (const pipelining of [false, true]) {
    const ends = ENDS.map(([where, script, expected, changes = {}]) => ({
      where,
      script,
      expected,
      changes,
    }));
    it.each(ends)(`$where${pipelining ? ' (pipelining)' : ''}`, async ({ script, expected, changes }) => {
      // a pipelining relay has the whole of a mail before it can break off, so only "unknown" is true there
      const wanted = pipelining && script.body !== undefined ? ['retryable', 'unknown'] : [expected];
      const { channel } = await relayed({ ...script, pipelining });
      expect(wanted).toContain(kind(await channel.send(mail(changes), never)));
    });
  }

  it.each([false, true])(
    'refuses the recipient and would take the mail all the same, it is refused (pipelining: %s)',
    async (pipelining) => {
      const { relay, channel } = await relayed({
        rcpt: '550 5.1.1 User unknown',
        data: '354 go on',
        dot: '250 2.0.0 Ok: queued',
        pipelining,
      });
      const outcome = await channel.send(mail(), never);
      expect(outcome).toMatchObject({ outcome: 'permanent', about: 'recipient', code: '550 5.1.1' });
      // One mail, one recipient: no part of a mail can be refused while the rest counts as sent.
      expect(relay.commands.filter((line) => line.startsWith('RCPT'))).toHaveLength(1);
      expect(relay.messages).toEqual([]);
    },
  );

  it('is not there, the send can be tried again', async () => {
    const { relay, channel } = await relayed({});
    await relay.close();
    closers.splice(0, 1);
    expect(await channel.send(mail(), never)).toMatchObject({
      outcome: 'retryable',
      code: 'ECONNREFUSED',
    });
  });

  it('has no address, the send can be tried again', async () => {
    const channel = openEmail({ url: 'smtp://relay.invalid?requireTLS=false', limits: SHORT });
    expect(kind(await channel.send(mail(), never))).toBe('retryable');
  });

  it.each(['greeting', 'mail', 'dot'] as const)(
    'trickles for ever at %s, the hard limit ends the send and the next one goes out',
    async (where) => {
      const { relay, channel } = await relayed({ [where]: 'trickle' });
      const outcome = where === 'dot' ? 'unknown' : 'retryable';
      expect(await channel.send(mail(), never)).toMatchObject({ outcome });
      relay.script = {};
      expect(kind(await channel.send(mail(), never))).toBe('accepted');
    },
  );

  it.each<Script>([{ greeting: 'drop' }, { mail: 'drop' }])(
    'breaks off (%o), it is asked once: trying again is for the queue',
    async (script) => {
      const { relay, channel } = await relayed(script);
      expect(kind(await channel.send(mail(), never))).toBe('retryable');
      expect(relay.connections).toBe(1);
    },
  );

  it('breaks off a connection that has served before, the send can be tried again', async () => {
    const { relay, channel } = await relayed({});
    expect(kind(await channel.send(mail(), never))).toBe('accepted');
    relay.script = { mail: 'drop' };
    expect(kind(await channel.send(mail(), never))).toBe('retryable');
    expect(relay.connections).toBe(1);
    expect(relay.messages).toHaveLength(1);
  });

  it('has failed, the next message goes out over a new connection', async () => {
    const { relay, channel } = await relayed({ dot: 'drop' });
    expect(kind(await channel.send(mail(), never))).toBe('unknown');
    relay.script = {};
    expect(kind(await channel.send(mail(), never))).toBe('accepted');
    expect(relay.messages).toHaveLength(2);
  });

  it('refuses the login, the channel says it is the configuration, without the login', async () => {
    const relay = await startRelay({ auth: '535 5.7.8 c2VjcmV0LXdvcmQ= duban secret-word wrong' });
    const channel = openEmail({ url: relay.url.replace('//', '//duban:secret-word@') });
    closers.push(relay, channel);
    const outcome = await channel.send(mail(), never);
    expect(kind(outcome)).toBe('permanent config');
    expect(JSON.stringify(outcome)).not.toMatch(/secret|duban|c2Vj/u);
    const health = await channel.check();
    expect(health.ok).toBe(false);
    expect(JSON.stringify(health)).not.toMatch(/secret|duban|c2Vj/u);
  });
});

it('a relay that has not let us begin the mail in time is left, long before the mail as a whole would be given up', async () => {
  const relay = await startRelay({ mail: 'trickle' });
  const channel = openEmail({ url: relay.url, limits: { dataMs: 100 } });
  closers.push(relay, channel);
  expect(await channel.send(mail(), never)).toMatchObject({ outcome: 'retryable', code: 'timeout' });
  expect(relay.commands).not.toContain('DATA');
});

describe('a send given up by the caller', () => {
  it('before the relay is asked leaves no trace there', async () => {
    const { relay, channel } = await relayed({});
    expect(await channel.send(mail(), AbortSignal.abort())).toMatchObject({
      outcome: 'retryable',
      code: 'aborted',
    });
    expect(relay.commands).toEqual([]);
  });

  it('while it waits for its turn was no try, and what has begun goes on', async () => {
    let answer = (_reply: 'accept'): void => undefined;
    const held = new Promise<'accept'>((resolve) => (answer = resolve));
    let came = (): void => undefined;
    const begun = new Promise<void>((resolve) => (came = resolve));
    const { channel, mails } = await sunk({
      respond: () => {
        came();
        return held;
      },
    });
    const turn = new AbortController();
    const first = channel.send(mail(), never, turn.signal);
    await begun;
    const second = channel.send(mail({ messageId: '<second@ruicheng.example>' }), never, turn.signal);
    turn.abort();
    expect(await second).toMatchObject({ outcome: 'retryable', begun: false });
    answer('accept');
    expect(kind(await first)).toBe('accepted');
    expect(mails).toHaveLength(1);
  });

  it('before the final dot can be tried again', async () => {
    const { relay, channel } = await relayed({ rcpt: 'hang' });
    const caller = new AbortController();
    void relay.seen('RCPT').then(() => caller.abort());
    expect(await channel.send(mail(), caller.signal)).toMatchObject({
      outcome: 'retryable',
      code: 'aborted',
    });
  });

  it('after the final dot is unknown', async () => {
    const relay = await startRelay({ dot: 'hang' });
    const channel = openEmail({ url: relay.url });
    closers.push(relay, channel);
    const caller = new AbortController();
    void relay.seen('message').then(() => caller.abort());
    expect(await channel.send(mail(), caller.signal)).toMatchObject({
      outcome: 'unknown',
      code: 'aborted',
    });
  });
});

describe('a mail', () => {
  it('arrives as it was written', async () => {
    const { channel, mails } = await sunk();
    expect(kind(await channel.send(mail(), never))).toBe('accepted');
    const { from, to, subject, text, html, date, messageId, envelope } = mails[0]!;
    const sent = mail();
    expect({ from, to, subject, text, html, messageId }).toEqual({
      from: sent.from,
      to: sent.to,
      subject: sent.subject,
      text: sent.text,
      html: sent.html,
      messageId: sent.messageId,
    });
    expect(date).toBe('2026-03-28T00:30:00.000Z');
    expect(envelope).toEqual({ from: sent.from.address, to: [sent.to.address] });
  });

  it('says it was written by a machine, whom to answer, and nothing of its software', async () => {
    const { channel, mails } = await sunk();
    await channel.send(mail(), never);
    const headers = new Map(mails[0]!.headers.map(({ key, value }) => [key, value]));
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.get('reply-to')).toContain('limin@ruicheng.gov.cn');
    expect([...headers.keys()].filter((key) => key.startsWith('x-'))).toEqual([]);
  });

  it('keeps its Message-ID when it is sent again', async () => {
    const { channel, mails } = await sunk();
    await channel.send(mail(), never);
    await channel.send(mail(), never);
    expect(mails.map(({ messageId }) => messageId)).toEqual([mail().messageId, mail().messageId]);
  });

  it('leaves from the envelope sender of the settings', async () => {
    const { channel, mails } = await sunk({}, '?mailFrom=bounce@ruicheng.gov.cn');
    await channel.send(mail(), never);
    expect(mails[0]!.envelope.from).toBe('bounce@ruicheng.gov.cn');
  });

  it.each([
    'zhang@a.cn,evil@x.cn',
    'zhang@a.cn>\r\nBcc: evil@x.cn',
    'zhang@a.cn\nRCPT TO:<evil@x.cn>',
    '张三 <zhang@a.cn>',
    'group:zhang@a.cn;',
    '"a b"@a.cn',
    'zhang@a.cn ',
    'zhang@@a.cn',
    'zhang@a..cn',
    '.zhang@a.cn',
    'zhang@-a.cn',
    'zhang@localhost',
    '张三@a.cn',
    'zhang\u202e@a.cn',
    'zhаng@a.cn', // a Cyrillic letter
    `${'a'.repeat(65)}@a.cn`,
    '',
  ])('to %j is refused before any connection', async (address) => {
    const { relay, channel } = await relayed({});
    const outcome = await channel.send(mail({ to: { name: '张三', address } }), never);
    expect(kind(outcome)).toBe('permanent recipient');
    expect(relay.commands).toEqual([]);
    if (address !== '') expect(JSON.stringify(outcome)).not.toContain(address.trim());
  });

  it('cannot be given a header through a name or a subject', async () => {
    const { channel, mails } = await sunk();
    const poison = '张三\r\nBcc: evil@x.cn\u2028X-Evil: 1\u202e';
    const name = { name: poison, address: 'a@ruicheng.gov.cn' };
    expect(kind(await channel.send(mail({ from: name, to: name, replyTo: name, subject: poison }), never))).toBe('accepted');
    const { headers, envelope, subject } = mails[0]!;
    expect(headers.map(({ key }) => key)).not.toContain('bcc');
    expect(headers.map(({ key }) => key)).not.toContain('x-evil');
    expect(envelope.to).toEqual(['a@ruicheng.gov.cn']);
    expect(subject).toBe('张三 Bcc: evil@x.cn X-Evil: 1');
  });

  it('with a Message-ID that is none is refused', async () => {
    const { channel, mails } = await sunk();
    expect(kind(await channel.send(mail({ messageId: '<a@b>\r\nBcc: evil@x.cn' }), never))).toBe('permanent config');
    expect(mails).toEqual([]);
  });
});

describe('an outcome', () => {
  it('repeats no address, name, link or text of the mail, whatever the relay echoes', async () => {
    const echo = '5.1.1 <zhang.wenhua@jyj.ruicheng.gov.cn> zhang.wenhua 张文华 13800138000 http://a.cn/t/S3CRET unknown';
    for (const script of [{ rcpt: `550 ${echo}` }, { rcpt: `450 ${echo}` }, { dot: `554 ${echo}` }, { dot: `250 ${echo}` }]) {
      const { channel } = await relayed(script);
      const outcome = JSON.stringify(await channel.send(mail(), never));
      expect(outcome).toContain('unknown');
      expect(outcome).not.toMatch(/zhang|文华|138001|S3CRET|@/u);
    }
  });
});

describe('many mails at a time', () => {
  it('use no more connections than allowed and are judged one by one', async () => {
    let open = 0;
    const { channel, mails } = await sunk(
      {
        respond: (each) => (each.subject.endsWith('坏') ? { code: 550, text: '5.1.1 unknown' } : 'accept'),
      },
      '?connections=2',
    );
    const sends = Array.from({ length: 30 }, async (_, n) => {
      const outcome = await channel.send(
        mail({ messageId: `<m${n}@a.cn>`, subject: n % 3 === 0 ? `${n}坏` : `${n}好` }),
        new AbortController().signal,
      );
      open += 1;
      return kind(outcome);
    });
    const outcomes = await Promise.all(sends);
    expect(open).toBe(30);
    expect(outcomes.filter((each) => each === 'accepted')).toHaveLength(20);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(20);
  });

  it('are finished before the channel closes', async () => {
    const { channel, mails } = await sunk();
    const sends = Array.from({ length: 5 }, (_, n) => channel.send(mail({ messageId: `<c${n}@a.cn>` }), never));
    // sends take their turn in the same tick; closing must wait for all of them
    await Promise.resolve();
    await channel.close();
    expect((await Promise.all(sends)).map(kind)).toEqual(Array.from({ length: 5 }, () => 'accepted'));
    expect(mails).toHaveLength(5);
    expect(await channel.send(mail(), never)).toMatchObject({
      outcome: 'retryable',
      code: 'closed',
    });
  });
});
