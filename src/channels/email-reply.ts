// What the end of one SMTP conversation means for the message. Words of the server are kept only where they can
// name nobody: see plainReply.

import type { Outcome } from '../domain/delivery.ts';
import { isTrustError } from './certificate.ts';

/** How far the conversation got: `handed-over` once the final dot has left us, whatever came back. */
export type Progress = 'before' | 'handed-over';

/** What nodemailer says of a failure, as far as it matters here. */
export interface SmtpFailure {
  readonly code: string | null;
  readonly originalCode: string | null;
  /** The command that was answered: CONN, EHLO, STARTTLS, AUTH …, MAIL FROM, RCPT TO, DATA, API. */
  readonly command: string | null;
  readonly response: string | null;
}

/** Whatever was thrown, as far as it matters here. */
export function describeFailure(error: unknown): SmtpFailure {
  const field = (name: string): string | null => {
    const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : null;
    return typeof value === 'string' ? value : null;
  };
  return {
    code: field('code'),
    originalCode: field('originalCode'),
    command: field('command'),
    response: field('response'),
  };
}

const MINUTE = 60_000;

// Big mail houses answer a permanent-looking 550 or 554 when they only mean "slower"; their texts tell.
// Some mean one recipient only: nobody else needs to go slower for it.
const THROTTLES: readonly (readonly [RegExp, number, 'recipient'?])[] = [
  [/frequency limited/iu, 10 * MINUTE], // QQ and exmail: Ip, Sender, Domain, Connection
  [/mailbox unavailable or access denied/iu, 60 * MINUTE, 'recipient'], // QQ: too many to one person
  [/\b(?:HL:ICC|HL:IFC|MI:SFQ|MI:DMC|MI:CEL)\b/u, 10 * MINUTE], // NetEase: this host, this sender
  [/\b(?:RP:CEL|RP:QRC|RP:DRC|RP:TRC)\b/u, 10 * MINUTE, 'recipient'], // NetEase
  [/(?:daily|per day|24 ?h).{0,40}(?:limit|quota)|(?:limit|quota).{0,40}(?:daily|per day|24 ?h)/iu, 6 * 60 * MINUTE],
  [/too frequently|too many (?!hops)|too fast/iu, 10 * MINUTE], // Aliyun 454 and 554, and many relays
  [/rate.?limit|limit.{0,12}(?:exceeded|reached)|exceed.{0,20}(?:limit|quota|rate)|throttl/iu, 10 * MINUTE],
];
// A full or oversized mailbox also speaks of limits, and no waiting of ours changes it.
const MAILBOX_FULL =
  /mailbox.{0,20}full|over ?quota|(?:mailbox|user|storage|disk).{0,20}quota|message size|message too (?:big|large)/iu;
const RELAY_DENIED = /relay|authenticat|5\.7\.(?:3|60)\b/iu;

/**
 * The outcome of a send that failed. Silence and broken lines are `unknown` after the hand-over and `retryable` before it;
 * a reply is judged by its texts first, then by its class and by the command it answers.
 * `names` are words that must not be repeated (addresses, their local parts, the login).
 */
export function judgeFailure(failure: SmtpFailure, progress: Progress, names: readonly string[]): Outcome {
  const reply = readReply(failure.response);
  if (failure.code === 'ETLS' && (reply === null || reply.status >= 500))
    return config('tls', 'the relay offers no encryption (STARTTLS)');
  if (reply !== null) return judgeReply(reply, failure, names);
  if (progress === 'handed-over') {
    return {
      outcome: 'unknown',
      code: lineCode(failure),
      message: 'no answer after the whole message was handed over',
    };
  }
  if (failure.code === 'EAUTH' || failure.code === 'ENOAUTH') return config('login', 'the relay offers no login we can use');
  if (failure.originalCode !== null && isTrustError(failure.originalCode)) {
    return config('tls-certificate', 'the certificate of the relay was not accepted');
  }
  return {
    outcome: 'retryable',
    code: lineCode(failure),
    message: 'the relay could not be reached or broke off before the message',
    unreachable: true,
  };
}

interface Reply {
  /** `550`. */
  readonly status: number;
  /** `5.1.1`, or null. */
  readonly enhanced: string | null;
  readonly text: string;
}

function judgeReply(reply: Reply, failure: SmtpFailure, names: readonly string[]): Outcome {
  const code = reply.enhanced === null ? String(reply.status) : `${reply.status} ${reply.enhanced}`;
  const words = failure.code === 'EAUTH' ? '' : plainReply(reply.text, names);
  const say = (what: string): string => (words === '' ? what : `${what}: ${words}`);
  const throttle = throttleOf(reply.text);
  if (throttle !== null) {
    const [, retryAfterMs, about] = throttle;
    return { outcome: 'throttled', retryAfterMs, code, ...(about === undefined ? {} : { about }) };
  }
  // 503 says the session was out of step, not that the message was refused
  if (reply.status < 500 || reply.status === 503)
    return { outcome: 'retryable', code, message: say('the relay asks to try again') };
  if (failure.code === 'EAUTH') return config(code, 'the relay refused the login');
  const about = blame(reply, failure.command ?? '');
  const what = {
    recipient: 'the mailbox was refused',
    content: 'the message was refused',
    config: 'the relay refuses this sender',
  }[about];
  return { outcome: 'permanent', about, code, message: say(what) };
}

function blame(reply: Reply, command: string): 'recipient' | 'content' | 'config' {
  if (reply.status === 530 || reply.status === 535) return 'config';
  if (reply.status === 552 && reply.enhanced?.startsWith('5.2') !== true && command !== 'RCPT TO') return 'content';
  if (command === 'RCPT TO')
    return RELAY_DENIED.test(reply.text) || (reply.status >= 500 && reply.status <= 504) ? 'config' : 'recipient';
  if (command === 'DATA') return /^5\.[12]\./u.test(reply.enhanced ?? '') ? 'recipient' : 'content';
  return 'config';
}

function throttleOf(text: string): (typeof THROTTLES)[number] | null {
  if (MAILBOX_FULL.test(text)) return null;
  return THROTTLES.find(([words]) => words.test(text)) ?? null;
}

function config(code: string, message: string): Outcome {
  return { outcome: 'permanent', about: 'config', code, message };
}

function lineCode(failure: SmtpFailure): string {
  const code = failure.originalCode ?? failure.code ?? 'line';
  return /^[A-Z0-9_]{2,40}$/u.test(code) ? code : 'line';
}

function readReply(response: string | null): Reply | null {
  // nodemailer attaches 2xx and 3xx replies too when they came at the wrong place; those say nothing about the message
  const match = /^([45]\d\d)[ -]?(?:([245]\.\d{1,3}\.\d{1,3})\b)?/u.exec(response ?? '');
  if (match === null || response === null) return null;
  return {
    status: Number(match[1]),
    enhanced: match[2] ?? null,
    text: response.slice(match[0].length),
  };
}

/**
 * The words of a reply that can be shown and logged: no addresses, links, mobile numbers, long tokens, nothing outside
 * ASCII (our texts are Chinese), none of `names`; at most 160 characters.
 */
export function plainReply(text: string, names: readonly string[]): string {
  const hidden = names.map((name) => name.toLowerCase());
  const tells = (word: string, name: string): boolean => (name.length < 3 ? word === name : word.includes(name));
  const speakable = (word: string): boolean =>
    /^[\x21-\x7e]{1,40}$/u.test(word) &&
    !/[@<>/\\]|www\.|1[3-9]\d{9}/u.test(word) &&
    !hidden.some((name) => tells(word.toLowerCase(), name));
  return text.split(/\s+/u).filter(speakable).join(' ').slice(0, 160).trim();
}
