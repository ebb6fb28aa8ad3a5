// The kinds of text that every file of ours holds.

import { z } from 'zod';

// Control characters, line breaks and direction marks: what stands in a file may end in a mail header.
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001F\u007F-\u009F\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069\uFEFF]|\p{Surrogate}/u;

/** One line of words, not empty, nothing invisible in it but spaces. */
export function line(maximum: number): z.ZodString {
  return z.string().max(maximum).refine(isLine).describe(`一行非空的文字（最多 ${maximum} 字，不含换行和控制字符）`);
}

// What a database or YAML cannot carry. Words quoted from a document may hold any other character that was printed there.
// oxlint-disable-next-line no-control-regex
const UNSTORABLE = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\uFEFF]|\p{Surrogate}/u;

/** Words of a document as they stand there, of one line or more, not empty. */
export function passage(maximum: number): z.ZodString {
  return z
    .string()
    .max(maximum)
    .refine((text) => text.trim() !== '' && !UNSTORABLE.test(text))
    .describe(`非空的文字（最多 ${maximum} 字，可以换行，不含控制字符）`);
}

function isLine(text: string): boolean {
  return text.trim() !== '' && !UNPRINTABLE.test(text);
}

/** An identifier of ours: it stands in paths, addresses and keys. */
export function slug(example: string): z.ZodString {
  return z
    .string()
    .max(60)
    .regex(/^[a-z0-9-]+$/u)
    .describe(`由小写字母、数字和连字符组成的代号（如 ${example}）`);
}
