/**
 * Who may log in: lines `name:scrypt,17,8,1,salt,hash`, one operator each, as `cuiban operator` prints them. Empty lines and lines
 * that begin with # do not count. Passwords are judged by either of two rules that norms ask for: long, or shorter and mixed.
 */
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

export interface Operator {
  readonly name: string;
  /** Changes with the password; a session is worth no more than the line it was opened with. */
  readonly credential: string;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** OWASP's figures for scrypt: 128 MiB and some tenths of a second a guess. */
const LOG_N = 17;
const R = 8;
const P = 1;
const HASH_BYTES = 32;
const MAX_MEMORY = 256 * 1_024 * 1_024;
const LONGEST_PASSWORD = 200;

const NAME = /^[\p{L}\p{N}._-]{1,40}$/u;
const LINE = new RegExp(`^([^:]+):scrypt,${LOG_N},${R},${P},([\\w-]{22}),([\\w-]{43})$`, 'u');

/** Null, or what is wrong with it, for a person. */
export function nameFault(name: string): string | null {
  return NAME.test(name) ? null : '名字应为 1 到 40 个汉字、字母、数字、点、横线或下划线';
}

/** Null, or what is wrong with it, for a person. */
export function passwordFault(password: string): string | null {
  if (password.length > LONGEST_PASSWORD) return `密码最多 ${LONGEST_PASSWORD} 个字符`;
  const classes = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(password)).length;
  if ([...password].length >= 15 || ([...password].length >= 10 && classes >= 3)) return null;
  return '密码应不少于 15 个字符；或不少于 10 个字符，且有大写、小写、数字、符号中的三种';
}

export async function operatorLine(name: string, password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await hashOf(password, salt);
  return `${name}:scrypt,${LOG_N},${R},${P},${salt.toString('base64url')},${hash.toString('base64url')}`;
}

/** @throws RangeError naming the line that is wrong, without what stands in it */
export function readOperators(text: string): ReadonlyMap<string, Operator> {
  const operators = new Map<string, Operator>();
  for (const [index, line] of text.split(/\r?\n/u).entries()) {
    const written = line.trim();
    if (written === '' || written.startsWith('#')) continue;
    const [, name = '', salt = '', hash = ''] = LINE.exec(written) ?? [];
    if (name === '' || nameFault(name) !== null) {
      throw new RangeError(`CUIBAN_OPERATORS 第 ${index + 1} 行有误：应为 cuiban operator 名字 打印的那一行`);
    }
    if (operators.has(name)) throw new RangeError(`CUIBAN_OPERATORS 第 ${index + 1} 行有误：${name} 写了两次`);
    operators.set(name, {
      name,
      credential: createHash('sha256').update(written).digest('base64url'),
      salt: Buffer.from(salt, 'base64url'),
      hash: Buffer.from(hash, 'base64url'),
    });
  }
  return operators;
}

const NOBODY = { salt: randomBytes(16), hash: randomBytes(HASH_BYTES) };

/** The operator, or null; takes as long for a name that does not exist. */
export async function verified(
  operators: ReadonlyMap<string, Operator>,
  name: string,
  password: string,
): Promise<Operator | null> {
  const operator = operators.get(name) ?? null;
  const { salt, hash } = operator ?? NOBODY;
  const same = timingSafeEqual(await hashOf(password.slice(0, LONGEST_PASSWORD), salt), hash);
  return same ? operator : null;
}

function hashOf(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, HASH_BYTES, { N: 2 ** LOG_N, r: R, p: P, maxmem: MAX_MEMORY }, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
}
