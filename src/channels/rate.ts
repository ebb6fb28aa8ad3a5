// `rate=30/min` and `burst=5` in SMTP_URL and SMPP_URL.

import type { Rate } from '../domain/provider.ts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3_600, day: 86_400 };

/**
 * Null where no rate is given. Burst, unless given: what comes in a second, at least one.
 * @throws through `refuse`, with words that go after the variable's name.
 */
export function readRate(rate: string | null, burst: string | null, refuse: (why: string) => never): Rate | null {
  if (rate === null) return burst === null ? null : refuse('has a burst without a rate');
  const [, count = '', unit = ''] = /^(\d{1,6})\/(s|min|h|day)$/u.exec(rate) ?? [];
  const seconds = SECONDS[unit];
  if (seconds === undefined || Number(count) === 0)
    return refuse('has a rate that is not written like 10/s, 30/min, 500/h or 2000/day');
  const perSecond = Number(count) / seconds;
  const most = burst === null ? Math.max(1, Math.floor(perSecond)) : Number(burst);
  if (!Number.isInteger(most) || most < 1 || most > 10_000) return refuse('has a burst outside 1 to 10000');
  return { perSecond, burst: most };
}
