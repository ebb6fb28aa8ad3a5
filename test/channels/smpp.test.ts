import { createServer, type Socket } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import type { SmppLimits } from '../../src/channels/smpp-link.ts';
import { readSmppUrl } from '../../src/channels/smpp-url.ts';
import { openSmpp } from '../../src/channels/smpp.ts';
import { startSmsSink, type SmsSink, type SmsSinkOptions, type SunkPart, type SunkSms } from '../../src/demo/sms-sink.ts';
import type { Channel, OutgoingSms, Outcome, Receipt } from '../../src/domain/delivery.ts';
import { never, sms } from './mails.ts';

const LIMITS: Partial<SmppLimits> = { bindMs: 2_000, backoffMs: 20, backoffMostMs: 40 };
const closers: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of closers.splice(0).toReversed()) await each.close();
});

interface Gateway {
  readonly sink: SmsSink;
  readonly channel: Channel<OutgoingSms>;
  readonly texts: SunkSms[];
  readonly parts: SunkPart[];
  readonly receipts: Receipt[];
  /** Resolves when so many receipts are there. */
  readonly received: (count: number) => Promise<void>;
}

async function gateway(
  options: SmsSinkOptions = {},
  limits: Partial<SmppLimits> = {},
  query = '?source=10690000',
): Promise<Gateway> {
  const texts: SunkSms[] = [];
  const parts: SunkPart[] = [];
  const receipts: Receipt[] = [];
  const waiting: { readonly count: number; readonly tell: () => void }[] = [];
  const sink = await startSmsSink({
    ...options,
    onSms: (each) => texts.push(each),
    onPart: (each) => parts.push(each),
  });
  const channel = openSmpp({ url: sink.url + query, limits: { ...LIMITS, ...limits } });
  channel.onReceipt((receipt) => {
    receipts.push(receipt);
    for (const { count, tell } of waiting) if (receipts.length >= count) tell();
  });
  closers.push(sink, channel);
  const received = (count: number): Promise<void> =>
    new Promise((resolve) => (receipts.length >= count ? resolve() : waiting.push({ count, tell: resolve })));
  return { sink, channel, texts, parts, receipts, received };
}

const kind = (outcome: Outcome): string => (outcome.outcome === 'permanent' ? `permanent ${outcome.about}` : outcome.outcome);
const LONG = `【芮城县政府】${'您有3项事项应于3月31日前办结😀𠮷；'.repeat(12)}详见邮件。`;

async function acceptedSoon(channel: Channel<OutgoingSms>): Promise<void> {
  // the channel tells callers at once while its line rests; a real caller comes back later, this one at the next turn
  for (;;) {
    if ((await channel.send(sms(), never)).outcome === 'accepted') return;
    await new Promise(setImmediate);
  }
}

describe('a text', () => {
  it('of several parts, emoji and rare characters included, is the same after it is joined', async () => {
    const { channel, texts, parts } = await gateway();
    const outcome = await channel.send(sms({ text: LONG }), never);
    expect(texts.map(({ text }) => text)).toEqual([LONG]);
    expect(parts.length).toBeGreaterThan(3);
    expect(outcome).toEqual({
      outcome: 'accepted',
      providerIds: texts[0]!.ids,
      response: 'ESME_ROK',
    });
  });

  it('of one part is sent whole, to the number without its plus, from the source of the settings', async () => {
    const { channel, texts } = await gateway();
    expect(kind(await channel.send(sms(), never))).toBe('accepted');
    expect(texts).toEqual([{ at: null, from: '10690000', to: '8613800138000', text: sms().text, ids: ['sink-1'] }]);
  });

  it.each([
    ['plus', '+8613800138000'],
    ['national', '13800138000'],
  ])('is dialled as the gateway wants it: %s', async (number, dialled) => {
    const { channel, texts } = await gateway({}, {}, `?number=${number}`);
    await channel.send(sms(), never);
    expect(texts[0]!.to).toBe(dialled);
  });

  it.each(['13800138000', '+86 138 0013 8000', '+8613800138000,+8613900139000', '+86138', 'sip:a@b', ''])(
    'to %j is refused unsent',
    async (to) => {
      const { channel, parts } = await gateway();
      expect(kind(await channel.send(sms({ to }), never))).toBe('permanent recipient');
      expect(parts).toEqual([]);
    },
  );

  it('never mixes with another one sent at the same time', async () => {
    const { channel, texts } = await gateway({}, {}, '?window=3');
    const wanted = Array.from({ length: 40 }, (_, n) => `${n}:${LONG}`);
    const outcomes = await Promise.all(wanted.map((text) => channel.send(sms({ text }), new AbortController().signal)));
    expect(outcomes.map(kind)).toEqual(wanted.map(() => 'accepted'));
    expect(texts.map(({ text }) => text).toSorted()).toEqual(wanted.toSorted());
  });
});

describe('receipts', () => {
  it('come for every part under the ids of the outcome', async () => {
    const { channel, receipts, received } = await gateway();
    const outcome = await channel.send(sms({ text: LONG }), never);
    const ids = outcome.outcome === 'accepted' ? outcome.providerIds : [];
    await received(ids.length);
    expect(receipts.map(({ providerId }) => providerId).toSorted()).toEqual([...ids].toSorted());
    expect(new Set(receipts.map(({ state, code }) => `${state} ${code}`))).toEqual(new Set(['delivered DELIVRD 000']));
  });

  it('are told as they come, twice when they come twice; states that are not final are left out', async () => {
    const { channel, receipts, received } = await gateway({
      receipts: () => ['ACCEPTD', 'UNDELIV', 'UNDELIV', 'EXPIRED', 'UNKNOWN', 'REJECTD'],
    });
    await channel.send(sms(), never);
    await received(4);
    expect(receipts.map(({ state }) => state)).toEqual(['failed', 'failed', 'expired', 'failed']);
  });

  it('that a listener cannot take are offered again by the gateway, and the line stays', async () => {
    const { channel, texts } = await gateway();
    channel.onReceipt(() => {
      throw new Error('the ledger is away');
    });
    await channel.send(sms(), never);
    expect(kind(await channel.send(sms(), never))).toBe('accepted');
    expect(texts).toHaveLength(2);
  });
});

describe('a gateway that answers', () => {
  it.each([
    [0x58, 'throttled'],
    [0x14, 'throttled'],
    [0x08, 'retryable'],
    [0x0b, 'permanent recipient'],
    [0x01, 'permanent content'],
    [0x0a, 'permanent config'],
    [0x4ff, 'permanent content'],
  ])('0x%s to a submit', async (status, expected) => {
    const { channel, texts } = await gateway({ respond: () => ({ status }) });
    const outcome = await channel.send(sms({ text: LONG }), never);
    expect(kind(outcome)).toBe(expected);
    expect(outcome).toMatchObject({ code: `0x${status.toString(16).padStart(8, '0')}` });
    expect(texts).toEqual([]);
  });

  it('"too fast" to a later part leaves the outcome unknown, for the first one is out', async () => {
    const { channel, parts } = await gateway({
      respond: ({ part }) => (part === 1 ? 'accept' : { status: 0x58 }),
    });
    expect(await channel.send(sms({ text: LONG }), never)).toMatchObject({
      outcome: 'unknown',
      code: 'partial 0x00000058',
    });
    expect(parts).toHaveLength(1);
  });

  it.each([
    [0x0d, 'permanent config'],
    [0x0e, 'permanent config'],
    [0x0f, 'permanent config'],
    [0x05, 'retryable'],
    [0x58, 'throttled'],
  ])('0x%s to the bind', async (status, expected) => {
    const { channel } = await gateway({ bind: () => status });
    expect(kind(await channel.send(sms(), never))).toBe(expected);
    expect((await channel.check()).ok).toBe(false);
  });

  it('refuses the bind once is asked again by itself', async () => {
    let binds = 0;
    const { channel } = await gateway({ bind: () => (binds++ === 0 ? 0x0d : 0) });
    expect(kind(await channel.send(sms(), never))).toBe('permanent config');
    await acceptedSoon(channel);
    expect(binds).toBe(2);
  });
});

describe('a line that breaks', () => {
  it('in the middle of a window leaves every pending text unknown, none lost and none accepted twice', async () => {
    let taken = 0;
    const gate = await gateway(
      { respond: () => (++taken <= 5 ? 'accept' : taken < 10 ? 'silence' : 'accept-drop') },
      {},
      '?window=10',
    );
    const wanted = Array.from({ length: 30 }, (_, n) => `第${n}条`);
    const outcomes = await Promise.all(wanted.map((text) => gate.channel.send(sms({ text }), new AbortController().signal)));
    const by = (what: string): string[] => wanted.filter((_, n) => outcomes[n]!.outcome === what);
    expect(by('accepted')).toHaveLength(5);
    expect(by('unknown').length).toBeGreaterThanOrEqual(5);
    expect(by('accepted').length + by('unknown').length + by('retryable').length).toBe(30);
    taken = -100;
    for (const text of by('retryable')) {
      while ((await gate.channel.send(sms({ text }), never)).outcome !== 'accepted') await new Promise(setImmediate);
    }
    const arrived = gate.texts.map(({ text }) => text);
    expect(new Set(arrived).size).toBe(arrived.length);
    expect(wanted.filter((text) => !arrived.includes(text) && !by('unknown').includes(text))).toEqual([]);
  });

  it('before anything was sent leaves the text to be tried again', async () => {
    const { sink, channel } = await gateway();
    await sink.close();
    closers.splice(0, 1);
    expect(await channel.send(sms(), never)).toMatchObject({
      outcome: 'retryable',
      code: 'ECONNREFUSED',
    });
  });

  it('is rebuilt without being asked', async () => {
    let binds = 0;
    let rebound = (): void => {};
    const again = new Promise<void>((resolve) => (rebound = resolve));
    const bind = (): number => {
      binds += 1;
      if (binds === 2) rebound();
      return 0;
    };
    const { sink, channel } = await gateway({ bind });
    await channel.send(sms(), never);
    sink.breakLines();
    await again;
    await acceptedSoon(channel);
  });

  it('without a word (half-open) is found by the watchdog', async () => {
    let alive = false;
    const { channel, texts } = await gateway(
      { alive: () => alive, respond: () => (alive ? 'accept' : 'silence') },
      { enquireMs: 20, enquireAnswerMs: 50, answerMs: 60_000 },
    );
    expect(await channel.send(sms(), never)).toMatchObject({
      outcome: 'unknown',
      code: 'half-open',
    });
    alive = true;
    await acceptedSoon(channel);
    expect(texts).toHaveLength(1);
  });
});

describe('a gateway that is silent', () => {
  it('about one text leaves that one unknown after its time, and the line serves on', async () => {
    const { channel } = await gateway({ respond: ({ text }) => (text.includes('静') ? 'silence' : 'accept') }, { answerMs: 60 });
    expect(await channel.send(sms({ text: '静' }), never)).toMatchObject({
      outcome: 'unknown',
      code: 'no-answer',
    });
    expect(kind(await channel.send(sms(), never))).toBe('accepted');
  });

  it.each(['smpp', 'smpps'])('on connect is given up (%s)', async (scheme) => {
    const sockets: Socket[] = [];
    const deaf = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const address = deaf.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const channel = openSmpp({
      url: `${scheme}://a:b@127.0.0.1:${port}`,
      limits: { ...LIMITS, bindMs: 60 },
    });
    expect(kind(await channel.send(sms(), never))).toBe('retryable');
    await channel.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => deaf.close(resolve));
  });
});

describe('a PDU that is garbage', () => {
  const header = (length: number, command: number, rest: Buffer = Buffer.alloc(0)): Buffer => {
    const bytes = Buffer.alloc(16);
    bytes.writeUInt32BE(length, 0);
    bytes.writeUInt32BE(command, 4);
    bytes.writeUInt32BE(7, 12);
    return Buffer.concat([bytes, rest]);
  };

  it.each([
    ['of 4 GB', header(0xffff_ffff, 5)],
    ['of 20 KB', header(20_000, 5)],
    ['shorter than its header', header(9, 5)],
    ['of four bytes', header(4, 5)],
    ['of no length', Buffer.alloc(64)],
    ['that ends in the middle of a field', header(18, 5, Buffer.from([0x41, 0x42]))],
    ['in the words of HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('%s costs the line, not the process: it is rebuilt', async (_what, bytes) => {
    const { sink, channel } = await gateway({}, { enquireMs: 30, enquireAnswerMs: 60 });
    await channel.send(sms(), never);
    sink.sendRaw(bytes);
    await acceptedSoon(channel);
  });

  it('while texts are pending leaves them unknown', async () => {
    let sink: SmsSink | null = null;
    const respond = (): 'silence' => {
      sink?.sendRaw(header(0xffff_ffff, 5));
      return 'silence';
    };
    const gate = await gateway({ respond });
    sink = gate.sink;
    expect(kind(await gate.channel.send(sms(), never))).toBe('unknown');
  });

  it('of an unknown command is answered, and the line serves on', async () => {
    const { sink, channel } = await gateway();
    await channel.send(sms(), never);
    sink.sendRaw(header(16, 0x7777));
    expect(kind(await channel.send(sms(), never))).toBe('accepted');
  });
});

describe('a send given up by the caller', () => {
  it('while the gateway holds it is unknown', async () => {
    const caller = new AbortController();
    const respond = (): 'silence' => {
      caller.abort();
      return 'silence';
    };
    const { channel } = await gateway({ respond }, { answerMs: 100 });
    expect(await channel.send(sms(), caller.signal)).toMatchObject({
      outcome: 'unknown',
      code: 'aborted',
    });
  });

  it('before it was sent can be tried again', async () => {
    const { channel, parts } = await gateway();
    expect(await channel.send(sms(), AbortSignal.abort())).toMatchObject({
      outcome: 'retryable',
      code: 'aborted',
    });
    expect(parts).toEqual([]);
  });
});

describe('the channel', () => {
  it('finishes what is under way before it closes', async () => {
    const { channel, texts } = await gateway();
    const sends = Array.from({ length: 5 }, () => channel.send(sms({ text: LONG }), never));
    await channel.close();
    expect((await Promise.all(sends)).map(kind)).toEqual(Array.from({ length: 5 }, () => 'accepted'));
    expect(texts).toHaveLength(5);
    expect(await channel.send(sms(), never)).toMatchObject({
      outcome: 'retryable',
      code: 'closed',
    });
  });

  it('says whether it is well', async () => {
    const { channel } = await gateway();
    expect((await channel.check()).ok).toBe(true);
  });

  it('closes although its gateway was never there', async () => {
    const channel = openSmpp({ url: 'smpp://a:b@127.0.0.1:1', limits: LIMITS });
    expect(kind(await channel.send(sms(), never))).toBe('retryable');
    await channel.close();
  });

  it('says neither number, text nor password in any outcome', async () => {
    const said: string[] = [];
    const plans: SmsSinkOptions[] = [
      { respond: () => ({ status: 0x0b }) },
      { respond: () => ({ status: 0x777 }) },
      { respond: () => 'drop' },
      { respond: () => 'accept-drop' },
      { bind: () => 0x0e },
      {},
    ];
    for (const plan of plans) {
      const { channel } = await gateway(plan);
      said.push(JSON.stringify(await channel.send(sms({ text: LONG }), never)), JSON.stringify(await channel.check()));
    }
    expect(said.join('\n')).not.toMatch(/138001|办结|芮城|demo/u);
    for (const url of [
      'smpp://a:s3cret@h?window=0',
      'smpp://a:s3cret@h?x=1',
      'smpp://a:%zzs3cret@h',
      'smpp://:s3cret@h',
      'http://a:s3cret@h',
    ]) {
      expect(() => openSmpp({ url })).toThrow(/^SMPP_URL (?!.*s3cret)/u);
    }
  });
});

describe('SMPP_URL', () => {
  it('says by its scheme whether the line is encrypted', () => {
    expect(readSmppUrl('smpp://a:b@h')).toMatchObject({
      port: 2775,
      tls: null,
      window: 10,
      number: 'international',
      coding: 8,
    });
    expect(readSmppUrl('smpps://a:b@h?serverName=gw.cn')).toMatchObject({
      port: 3550,
      tls: { ca: null, serverName: 'gw.cn' },
    });
  });

  it.each([
    'smpp://a:b@h?caFile=/x',
    'smpp://a:b@h?number=local',
    'smpp://a:b@h?source=12a',
    'smpps://a:b@h?caFile=/nowhere.pem',
  ])('%s is refused', (url) => {
    expect(() => readSmppUrl(url)).toThrow(/SMPP_URL|caFile/u);
  });
});
