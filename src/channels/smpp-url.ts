// How SMPP_URL is written, and what it means.
//
//   smpp://system_id:password@gateway.example.cn:2775     plain TCP (port 2775 unless given)
//   smpps://system_id:password@gateway.example.cn:3550    TLS, certificate always verified (port 3550 unless given)
//
//   window=10          submits without an answer at a time
//   rate=10/s, burst=10  submits that all processes together may make, one for each part of a text: see rate.ts
//   source=10690000    the number messages come from (接入号); sourceTon, sourceNpi: default 0, 0 (unknown)
//   number=international|plus|national   86138…, +86138… or 138…; destTon, destNpi: default 1, 1 (0, 1 when national)
//   coding=8           data_coding announced for the UCS-2 text
//   systemType=        as the carrier gave it
//   caFile=/path.pem, serverName=host    smpps:// only, as for mail

import type { Rate } from '../domain/provider.ts';
import { readCa } from './certificate.ts';
import { readRate } from './rate.ts';

export interface SmppSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly ca: string | null; readonly serverName: string | null } | null;
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  readonly window: number;
  readonly rate: Rate | null;
  readonly source: string;
  readonly sourceTon: number;
  readonly sourceNpi: number;
  readonly number: 'international' | 'plus' | 'national';
  readonly destTon: number;
  readonly destNpi: number;
  readonly coding: number;
}

const KNOWN = new Set([
  'window',
  'rate',
  'burst',
  'source',
  'sourceTon',
  'sourceNpi',
  'number',
  'destTon',
  'destNpi',
  'coding',
  'systemType',
  'caFile',
  'serverName',
]);

/** Reads SMPP_URL. @throws Error naming what is wrong, never the value (it holds a password). */
export function readSmppUrl(text: string): SmppSettings {
  const url = URL.canParse(text) ? new URL(text) : refuse('is not a URL of the form smpp://id:password@host:2775');
  if (url.protocol !== 'smpp:' && url.protocol !== 'smpps:') refuse('must begin with smpp:// or smpps://');
  if (url.hostname === '') refuse('names no host');
  if (url.username === '') refuse('names no system_id');
  for (const key of url.searchParams.keys())
    if (!KNOWN.has(key)) refuse(`has an option it does not know; known: ${[...KNOWN].join(', ')}`);
  const option = (name: string): string | null => url.searchParams.get(name);
  const whole = (name: string, fallback: number, least: number, most: number): number => {
    const value = Number(option(name) ?? fallback);
    if (!Number.isInteger(value) || value < least || value > most) refuse(`has a ${name} outside ${least} to ${most}`);
    return value;
  };
  const secure = url.protocol === 'smpps:';
  const caFile = option('caFile');
  if (!secure && (caFile !== null || option('serverName') !== null)) refuse('has caFile or serverName, which need smpps://');
  const number = option('number') ?? 'international';
  if (number !== 'international' && number !== 'plus' && number !== 'national')
    refuse('has a number that is not international, plus or national');
  const source = option('source') ?? '';
  if (!/^[0-9]{0,20}$/u.test(source)) refuse('has a source that is not digits');
  return {
    host: url.hostname.replace(/^\[|\]$/gu, ''),
    port: url.port === '' ? (secure ? 3550 : 2775) : Number(url.port),
    tls: secure ? { ca: caFile === null ? null : readCa(caFile), serverName: option('serverName') } : null,
    systemId: word('system_id', url.username),
    password: word('password', url.password),
    systemType: word('systemType', option('systemType') ?? ''),
    window: whole('window', 10, 1, 1000),
    rate: readRate(option('rate'), option('burst'), refuse),
    source,
    sourceTon: whole('sourceTon', 0, 0, 6),
    sourceNpi: whole('sourceNpi', 0, 0, 18),
    number,
    destTon: whole('destTon', number === 'national' ? 0 : 1, 0, 6),
    destNpi: whole('destNpi', 1, 0, 18),
    coding: whole('coding', 8, 0, 255),
  };
}

// SMPP 3.4 allows 8 characters of password and 15 of system_id; gateways in use give out longer ones.
function word(name: string, part: string): string {
  let value: string;
  try {
    value = decodeURIComponent(part);
  } catch {
    return refuse(`has a ${name} that is not percent-encoded`);
  }
  if (!/^[\x20-\x7e]{0,64}$/u.test(value)) refuse(`has a ${name} that is not at most 64 ASCII characters`);
  return value;
}

function refuse(why: string): never {
  throw new Error(`SMPP_URL ${why}`);
}
