// Composes one mail as RFC 5322 bytes in one go, where a general library builds a tree of streams for each (performance.md: the larger
// half of what a mail costs). Owns headers, encoded-words and the tree of parts; promises ASCII lines of at most 76 columns ending in CRLF,
// however hostile the names; the same mail gives the same bytes, so a repeated copy is a copy. Dot-stuffing belongs to SMTP.

import type { Mailbox } from '../domain/delivery.ts';

/** A leaf with its content, or a tree of them: a later attachment is a `mixed` around what is here. */
export type Part =
  | { readonly type: string; readonly content: Uint8Array | string }
  | { readonly multipart: 'alternative' | 'mixed' | 'related'; readonly parts: readonly Part[] };

export interface Composition {
  /** With angle brackets; checked by the caller (`isMessageId`). */
  readonly messageId: string;
  /** Addresses are checked by the caller (`isAddrSpec`); names are one line each (`oneLine`). */
  readonly from: Mailbox;
  readonly to: Mailbox;
  readonly replyTo: Mailbox;
  /** One line. */
  readonly subject: string;
  readonly date: Date;
  /** More header fields, plain ASCII, in this order, before all others. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: Part;
}

const COLUMNS = 76;

/** The whole message. @throws RangeError where a field would need a line break or a character outside ASCII. */
export function composeMail(mail: Composition): Buffer {
  const head = [
    ...mail.fields.map(([name, value]) => `${name}: ${plain(value)}`),
    mailboxField('From', mail.from),
    mailboxField('To', mail.to),
    mailboxField('Reply-To', mail.replyTo),
    textField('Subject', mail.subject),
    `Message-ID: ${plain(mail.messageId)}`,
    `Date: ${mail.date.toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n${written(mail.body, boundaryOf(mail.messageId))}`, 'latin1');
}

/** Neither base64 nor quoted-printable can write `=_`, so a boundary that begins with it is never part of a body. */
function boundaryOf(messageId: string): string {
  return `=_${messageId.replace(/[^\da-z]/giu, '').slice(0, 60)}`;
}

function written(part: Part, boundary: string): string {
  if ('content' in part) {
    return `Content-Type: ${plain(part.type)}\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64Lines(part.content)}`;
  }
  const parts = part.parts.map((each, n) => `--${boundary}\r\n${written(each, `${boundary}.${n}`)}`);
  return `Content-Type: multipart/${part.multipart};\r\n boundary="${boundary}"\r\n\r\n${parts.join('')}--${boundary}--\r\n`;
}

function base64Lines(content: Uint8Array | string): string {
  const bytes =
    typeof content === 'string' ? Buffer.from(content) : Buffer.from(content.buffer, content.byteOffset, content.length);
  const encoded = bytes.toString('base64');
  const lines: string[] = [];
  for (let at = 0; at < encoded.length; at += COLUMNS) lines.push(encoded.slice(at, at + COLUMNS));
  return `${lines.join('\r\n')}${lines.length === 0 ? '' : '\r\n'}`;
}

function mailboxField(name: string, mailbox: Mailbox): string {
  const { address } = mailbox;
  if (mailbox.name === '') return `${name}: ${plain(address)}`;
  const phrase = isPrintable(mailbox.name) ? quotedPhrase(name, mailbox.name) : encodedWords(mailbox.name, `${name}: `.length);
  const line = phrase.length - (phrase.lastIndexOf('\n') + 1) + (phrase.includes('\n') ? 0 : name.length + 2);
  const fold = line + address.length + 3 > COLUMNS ? '\r\n ' : ' ';
  return `${name}: ${phrase}${fold}<${plain(address)}>`;
}

function quotedPhrase(field: string, name: string): string {
  const quoted = `"${name.replace(/["\\]/gu, '\\$&')}"`;
  return field.length + 2 + quoted.length > COLUMNS ? encodedWords(name, field.length + 2) : quoted;
}

function textField(name: string, text: string): string {
  const fits = isPrintable(text) && name.length + 2 + text.length <= COLUMNS;
  return `${name}: ${fits ? text : encodedWords(text, name.length + 2)}`;
}

/** ASCII without controls that no reader can take for an encoded-word. */
function isPrintable(text: string): boolean {
  return /^[\x20-\x7e]*$/u.test(text) && !text.includes('=?');
}

/** RFC 2047, base64: as many words as it needs, one to a line, no character torn. `column` is where the first one begins. */
function encodedWords(text: string, column: number): string {
  const key = `${column} ${text}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const words = foldedWords(text, column);
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(key, words);
  return words;
}

// Offices and subjects come again in every mail of a morning.
const remembered = new Map<string, string>();
const REMEMBERED = 1_000;

function foldedWords(text: string, column: number): string {
  const words: string[] = [];
  let room = bytesIn(COLUMNS - column);
  let word = '';
  let size = 0;
  for (const character of text) {
    const bytes = Buffer.byteLength(character);
    if (size + bytes > room) {
      words.push(word);
      word = '';
      size = 0;
      room = bytesIn(COLUMNS - 1);
    }
    word += character;
    size += bytes;
  }
  words.push(word);
  return words.map((each) => `=?UTF-8?B?${Buffer.from(each).toString('base64')}?=`).join('\r\n ');
}

/** How many bytes an encoded-word of so many columns holds: 75 at most with `=?UTF-8?B?` and `?=`. */
function bytesIn(columns: number): number {
  return Math.floor((Math.min(columns, 75) - 12) / 4) * 3;
}

function plain(text: string): string {
  if (!/^[\x20-\x7e]*$/u.test(text)) throw new RangeError('a header field must be one line of ASCII');
  return text;
}
