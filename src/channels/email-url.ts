// How SMTP_URL is written, and what it means.
//
//   smtp://user:password@mail.example.gov.cn:587     STARTTLS (port 587 unless given)
//   smtps://user:password@mail.example.gov.cn        TLS from the first byte (port 465 unless given)
//
// A user or password holding `@ : / ? #` or `%` is percent-encoded; both may be left out where the relay trusts the host.
//   requireTLS=true|false  smtp:// only. Default true, false on the loopback. With false TLS is still used when offered;
//                          a login over a connection that may stay plain is refused.
//   caFile=/path/ca.pem    the office's own certificate authority, in place of the public ones
//   serverName=host        the name the certificate must carry, where it differs from the host
//   ehlo=name              what we call ourselves in EHLO
//   mailFrom=a@b.cn        envelope sender (where bounces go); default: the From address of each message
//   connections=1          connections at a time, of each process
//   totalConnections=4     connections at a time, of all processes on all hosts together
//   rate=30/min, burst=1   mails that all processes together may send: see rate.ts
// Certificates are always verified; there is no switch.

import { isAddrSpec } from '../domain/mail-address.ts';
import type { Rate } from '../domain/provider.ts';
import { readCa } from './certificate.ts';
import { readRate } from './rate.ts';

export interface SmtpSettings {
  readonly host: string;
  readonly port: number;
  readonly implicitTls: boolean;
  readonly requireTls: boolean;
  readonly login: { readonly user: string; readonly pass: string } | null;
  readonly ca: string | null;
  readonly serverName: string | null;
  readonly ehlo: string | null;
  readonly mailFrom: string | null;
  readonly connections: number | null;
  readonly totalConnections: number | null;
  readonly rate: Rate | null;
}

const KNOWN = new Set([
  'requireTLS',
  'caFile',
  'serverName',
  'ehlo',
  'mailFrom',
  'connections',
  'totalConnections',
  'rate',
  'burst',
]);

/** Reads SMTP_URL. @throws Error naming what is wrong, never the value (it may hold a password). */
export function readSmtpUrl(text: string): SmtpSettings {
  const url = URL.canParse(text) ? new URL(text) : refuse('is not a URL of the form smtp://host:587');
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') refuse('must begin with smtp:// or smtps://');
  if (url.hostname === '') refuse('names no host');
  for (const key of url.searchParams.keys())
    if (!KNOWN.has(key)) refuse(`has an option it does not know; known: ${[...KNOWN].join(', ')}`);
  const option = (name: string): string | null => url.searchParams.get(name);
  const host = url.hostname.replace(/^\[|\]$/gu, '');
  const implicitTls = url.protocol === 'smtps:';
  const requireTls = !implicitTls && (yesNo('requireTLS', option('requireTLS')) ?? !isLoopback(host));
  const login = url.username === '' ? null : { user: decode(url.username), pass: decode(url.password) };
  if (login !== null && !implicitTls && !requireTls && !isLoopback(host)) {
    refuse('would send its password over a connection that may be plain: drop requireTLS=false or the login');
  }
  const mailFrom = option('mailFrom');
  if (mailFrom !== null && !isAddrSpec(mailFrom)) refuse('has a mailFrom that is no mail address');
  const ehlo = option('ehlo');
  if (ehlo !== null && !/^[A-Za-z0-9.:[\]-]{1,255}$/u.test(ehlo)) refuse('has an ehlo that is no host name');
  const caFile = option('caFile');
  return {
    host,
    port: url.port === '' ? (implicitTls ? 465 : 587) : Number(url.port),
    implicitTls,
    requireTls,
    login,
    ca: caFile === null ? null : readCa(caFile),
    serverName: option('serverName'),
    ehlo,
    mailFrom,
    connections: connectionCount('connections', option('connections'), 20),
    totalConnections: connectionCount('totalConnections', option('totalConnections'), 1_000),
    rate: readRate(option('rate'), option('burst'), refuse),
  };
}

// a name or address of this very machine
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/u.test(host);
}

function yesNo(name: string, value: string | null): boolean | null {
  if (value === null) return null;
  if (value !== 'true' && value !== 'false') refuse(`has a ${name} that is neither true nor false`);
  return value === 'true';
}

function connectionCount(name: string, value: string | null, most: number): number | null {
  if (value === null) return null;
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1 || count > most) refuse(`has ${name} outside 1 to ${most}`);
  return count;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return refuse('has a user or password that is not percent-encoded');
  }
}

function refuse(why: string): never {
  throw new Error(`SMTP_URL ${why}`);
}
