import { type DestinationStream, type Logger, pino } from 'pino';

import type { Settings } from './settings.ts';

export type { Logger };

const MOBILE = /(?<!\d)(\+?86)?1\d{2}\d{4}(?=\d{4}(?!\d))/gu;
const ADDRESS = /([A-Za-z0-9])[A-Za-z0-9._%+-]*@([A-Za-z0-9.-]+)/gu;
const CREDENTIALS = /(\w+:\/\/[^:/@\s]+):[^@/\s]+@/gu;

/**
 * Log lines carry ids, not people; what slips through in an error's text is masked here: 138****1234, z***@x.gov.cn.
 * Lines go to standard error, so that a command's own output stays clean.
 */
export function openLog(level: Settings['logLevel'], destination?: DestinationStream): Logger {
  const options = {
    level,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: {
      streamWrite: (line: string) => mask(line),
    },
    serializers: { err: plainError },
  };
  return pino(options, destination ?? pino.destination({ fd: 2, sync: false }));
}

/** Some libraries hang a whole connection on their errors; a line of log is for a person. */
function plainError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? { code: error.code } : {};
  return { type: name, message, ...code, stack, ...(cause === undefined ? {} : { cause: plainError(cause) }) };
}

/** The text with credentials, addresses and mobile numbers made unrecognisable. */
export function mask(text: string): string {
  return text
    .replace(CREDENTIALS, '$1:***@')
    .replace(ADDRESS, '$1***@$2')
    .replace(MOBILE, (number) => `${number.slice(0, -4)}****`);
}
