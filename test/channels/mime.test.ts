// What is composed must be read back as it was meant: by postal-mime, and as nodemailer's own output of the same mail is.

import fc from 'fast-check';
import { createTransport } from 'nodemailer';
import PostalMime, { type Email } from 'postal-mime';
import { describe, expect, it } from 'vitest';

import { composeMail, type Composition } from '../../src/channels/mime.ts';
import type { Mailbox } from '../../src/domain/delivery.ts';
import { oneLine } from '../../src/domain/mail-address.ts';
import { mail } from './mails.ts';

const library = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

interface Fields {
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly replyTo: Mailbox;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const { messageId, date } = mail();

function ours(fields: Fields): Buffer {
  const { text, html, ...rest } = fields;
  return composeMail({
    ...rest,
    messageId,
    date,
    fields: [['Auto-Submitted', 'auto-generated']],
    body: {
      multipart: 'alternative',
      parts: [
        { type: 'text/plain; charset=utf-8', content: text },
        { type: 'text/html; charset=utf-8', content: html },
      ],
    },
  });
}

async function theirs(fields: Fields): Promise<Buffer> {
  const headers = { 'Auto-Submitted': 'auto-generated' };
  const { message } = await library.sendMail({ ...fields, messageId, date, headers, textEncoding: 'base64' });
  if (!Buffer.isBuffer(message)) throw new Error('a buffer was asked for');
  return message;
}

/** nodemailer writes a body of plain ASCII with a line end of its own behind it. */
function meant({ from, to, replyTo, subject, text, html, messageId: id, date: at, headers }: Email): object {
  const ended = (written = ''): string => written.replaceAll('\r\n', '\n').trimEnd();
  const automatic = headers.find(({ key }) => key === 'auto-submitted')?.value;
  return { from, to, replyTo, subject, text: ended(text), html: ended(html), id, at, automatic };
}

const HARD = [
  '芮城县人民政府办公室',
  '张三, "李四" <evil@x.cn>',
  '=?UTF-8?B?5byg?=',
  '=?utf-8?q?=0D=0ABcc:_evil=40x.cn?=',
  'O\'Brien (comment) \\ "',
  '😀𠮷👨‍👩‍👧',
  'a  b   c',
  'x'.repeat(300),
  '长'.repeat(200),
  `${'y'.repeat(60)} 末`,
  'c@d.cn',
  '',
];
const anyText = fc.oneof(
  fc.constantFrom(...HARD),
  fc.string({ unit: 'grapheme', maxLength: 120 }),
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc
    .array(
      fc.constantFrom(
        '催办',
        ' ',
        '  ',
        '通知〔2022〕',
        '😀',
        'ASCII',
        '"',
        ',',
        ';',
        ':',
        '<',
        '>',
        '\\',
        '=?',
        '?=',
        '\t',
        '=',
      ),
    )
    .map((all) => all.join('')),
);
const line = anyText.map(oneLine);
const body = fc.oneof(
  anyText,
  fc.array(anyText, { maxLength: 12 }).map((all) => all.join('\n')),
  fc.constantFrom('.\n..\n', '字'.repeat(5_000), '\r\n.\r\n'),
);
const mailbox = fc.record({ name: line, address: fc.constantFrom('a@b.cn', `${'l'.repeat(60)}@${'d'.repeat(60)}.gov.cn`) });
const fields: fc.Arbitrary<Fields> = fc.record({
  from: mailbox,
  to: mailbox,
  replyTo: mailbox,
  subject: line,
  text: body,
  html: body,
});

describe('a composed mail', () => {
  it('is read by another parser as what it was made of', async () => {
    await fc.assert(
      fc.asyncProperty(fields, async (given) => {
        const { from, to, replyTo, subject = '', text = '', html = '' } = await PostalMime.parse(ours(given));
        expect({ from, to, replyTo, subject, text, html }).toEqual({
          from: given.from,
          to: [given.to],
          replyTo: [given.replyTo],
          subject: given.subject,
          text: given.text,
          html: given.html,
        });
      }),
      { numRuns: 400 },
    );
  });

  it('means what the same mail written by nodemailer means', async () => {
    // a name that looks like an encoded-word goes out as one there
    const plainly = ({ name }: Mailbox): boolean => !name.includes('=?');
    const sayable = fields.filter(
      ({ html, text, from, to, replyTo, subject }) =>
        html !== '' && text !== '' && [from, to, replyTo].every(plainly) && !subject.includes('=?'),
    );
    await fc.assert(
      fc.asyncProperty(sayable, async (given) => {
        const [own, other] = await Promise.all([
          PostalMime.parse(ours(given)),
          theirs(given).then((raw) => PostalMime.parse(raw)),
        ]);
        expect(meant(own)).toEqual(meant(other));
      }),
      { numRuns: 200 },
    );
  });

  it('has no line beyond 76 columns but for an address that is longer, ends each with CRLF and is plain ASCII', () => {
    fc.assert(
      fc.property(fields, (given) => {
        const text = ours(given).toString('latin1');
        expect(text).toMatch(/^[\x20-\x7e\r\n]*$/u);
        expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/u);
        const long = text.split('\r\n').filter((each) => each.length > 76);
        expect(long.filter((each) => !/^(?:From:| |To:|Reply-To:).*<?l{60}@/u.test(each))).toEqual([]);
        const words = text.match(/=\?UTF-8\?B\?[^?]*\?=/gu) ?? [];
        for (const word of words) {
          expect(word.length).toBeLessThanOrEqual(75);
          // torn, a character would come out as U+FFFD
          const part = Buffer.from(word.slice(10, -2), 'base64');
          expect(Buffer.from(part.toString()).equals(part)).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('is the same, byte for byte, whenever it is composed', () => {
    expect(ours(mail()).equals(ours(mail()))).toBe(true);
  });

  it('takes an attachment beside its text', async () => {
    const { from, to, replyTo, subject } = mail();
    const invitation: Composition = {
      messageId,
      date,
      from,
      to,
      replyTo,
      subject,
      fields: [],
      body: {
        multipart: 'mixed',
        parts: [
          { multipart: 'alternative', parts: [{ type: 'text/plain; charset=utf-8', content: '正文' }] },
          { type: 'text/calendar; charset=utf-8; method=PUBLISH; name="d.ics"', content: 'BEGIN:VCALENDAR' },
        ],
      },
    };
    const read = await PostalMime.parse(composeMail(invitation));
    expect(read.text).toContain('正文');
    expect(read.attachments.map(({ mimeType }) => mimeType)).toEqual(['text/calendar']);
  });

  it.each(['a\r\nBcc: evil@x.cn', 'a\nb', '张三'])('refuses the field %j', (value) => {
    const fieldsOf = { ...mail(), fields: [['X', value] as const], body: { type: 'text/plain', content: '' } };
    expect(() => composeMail(fieldsOf)).toThrow(RangeError);
  });
});
