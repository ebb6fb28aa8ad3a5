import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ChannelName, Outcome } from '../../src/domain/delivery.ts';
import { type Attempt, settlementOf } from '../../src/domain/retry.ts';
import { withinHours } from '../../src/domain/time.ts';
import { at, calendar, office } from '../support/cast.ts';

const MINUTE = 60_000;
const noon = at('2022-08-31 12:00');

/** The first hand-over of a mail, at noon of a working day. */
function attempt(change: Partial<Attempt> = {}): Attempt {
  return { channel: 'email', attempts: 1, wasUnknown: false, now: noon, hours: office.hours, calendar, ...change };
}

const accepted: Outcome = { outcome: 'accepted', providerIds: ['A1', 'A2'], response: '250 2.0.0 queued' };
const busy: Outcome = { outcome: 'retryable', code: '451', message: 'try later' };
const unknown: Outcome = { outcome: 'unknown', code: 'ETIMEDOUT', message: 'no reply after the last byte' };
const throttled = (retryAfterMs: number): Outcome => ({ outcome: 'throttled', retryAfterMs, code: 'ESME_RTHROTTLED' });

describe('a message that was', () => {
  it('accepted is sent, with the ids and words of the provider, and never tried again', () => {
    expect(settlementOf(accepted, attempt())).toMatchObject({
      status: 'sent',
      providerIds: ['A1', 'A2'],
      detail: '250 2.0.0 queued',
      retryAt: null,
    });
  });

  it('put off by the provider waits as long as it asks, however often', () => {
    const settled = settlementOf(throttled(90_000), attempt({ attempts: 40 }));
    expect(settled).toMatchObject({ status: 'temporary-failure', code: 'ESME_RTHROTTLED', retryAt: noon + 90_000 });
  });

  it.each(['recipient', 'content'] as const)('refused for good because of its %s is not tried again', (about) => {
    const settled = settlementOf({ outcome: 'permanent', about, code: '550', message: 'no such user' }, attempt());
    expect(settled).toMatchObject({ status: 'permanent-failure', code: '550', detail: `${about}: no such user`, retryAt: null });
  });

  it.each([
    ['refused because our settings are wrong', { outcome: 'permanent', about: 'config', code: '535', message: 'login refused' }],
    ['kept from a relay that is away', { outcome: 'retryable', unreachable: true, code: 'ECONNREFUSED', message: 'no relay' }],
  ] as const)('%s waits until that is mended, however long it takes', (_how, outcome) => {
    expect(settlementOf(outcome, attempt({ attempts: 400 }))).toMatchObject({
      status: 'temporary-failure',
      retryAt: noon + MINUTE,
      attempted: false,
      channelDown: true,
    });
  });
});

describe('an address', () => {
  it.each([
    ['email', '550 5.1.1', true],
    ['email', '550 5.2.1', true],
    ['email', '550', true],
    ['email', '553', true],
    ['email', 'address', true],
    ['email', '552 5.2.2', false],
    ['email', '552', false],
    ['email', '554', false],
    ['email', '550 5.7.1', false],
    ['sms', '0x0b', true],
    ['sms', 'NO-SMS', false],
  ] as const)('of %s that is answered with %s is given up: %s', (channel, code, given) => {
    const settled = settlementOf({ outcome: 'permanent', about: 'recipient', code, message: '' }, attempt({ channel }));
    expect(settled.refused === true).toBe(given);
  });
});

describe('an attempt', () => {
  it('is what the provider looked at; being told to wait is none', () => {
    const outcomes: Outcome[] = [accepted, busy, unknown, throttled(1000)];
    expect(outcomes.map((outcome) => settlementOf(outcome, attempt()).attempted)).toEqual([true, true, true, false]);
  });
});

describe('a message that failed for now', () => {
  it('is tried again after two minutes, then four, then eight, and never later than after four hours', () => {
    const morning = at('2022-08-31 09:00');
    const waits = Array.from(
      { length: 11 },
      (_, index) => (settlementOf(busy, attempt({ attempts: index + 1, now: morning })).retryAt! - morning) / MINUTE,
    );
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 240, 240, 240, 240]);
  });

  it('is given up with the twelfth attempt, and says after how many and why', () => {
    expect(settlementOf(busy, attempt({ attempts: 11 })).status).toBe('temporary-failure');
    expect(settlementOf(busy, attempt({ attempts: 12 }))).toMatchObject({
      status: 'permanent-failure',
      code: '451',
      detail: 'given up after 12 attempts: try later',
      retryAt: null,
    });
  });
});

describe('a message of which nobody knows', () => {
  it('is repeated once after a quarter of an hour when it is a mail, and then left as unknown', () => {
    expect(settlementOf(unknown, attempt())).toMatchObject({ status: 'unknown', code: 'ETIMEDOUT', retryAt: noon + 15 * MINUTE });
    expect(settlementOf(unknown, attempt({ attempts: 2, wasUnknown: true }))).toMatchObject({ status: 'unknown', retryAt: null });
  });

  it('is never repeated when it is an SMS', () => {
    expect(settlementOf(unknown, attempt({ channel: 'sms' }))).toMatchObject({ status: 'unknown', retryAt: null });
  });
});

describe('waiting', () => {
  it('does not leave office hours: what would come after closing comes the next working morning', () => {
    const evening = at('2022-09-30 17:25');
    expect(settlementOf(busy, attempt({ now: evening })).retryAt).toBe(evening + 2 * MINUTE);
    for (const outcome of [unknown, throttled(6 * MINUTE)]) {
      expect(settlementOf(outcome, attempt({ now: evening })).retryAt).toBe(at('2022-10-08 09:00'));
    }
  });

  it('of any length from any moment ends in office hours, not before the wait is over', () => {
    const channels = fc.constantFrom<ChannelName>('email', 'sms');
    const moments = fc.integer({ min: 0, max: 400 * 24 * 60 }).map((minutes) => at('2022-01-01 00:00') + minutes * MINUTE);
    const waits = fc.integer({ min: 0, max: 3 * 24 * 60 }).map((minutes) => minutes * MINUTE);
    fc.assert(
      fc.property(channels, moments, waits, fc.integer({ min: 1, max: 11 }), (channel, now, wait, attempts) => {
        const put = settlementOf(throttled(wait), attempt({ channel, now, attempts })).retryAt!;
        const failed = settlementOf(busy, attempt({ channel, now, attempts })).retryAt!;
        expect(put).toBeGreaterThanOrEqual(now + wait);
        expect(failed).toBeGreaterThan(now);
        expect([put, failed].map((each) => withinHours(office.hours, calendar, each))).toEqual([true, true]);
      }),
      { numRuns: 150 },
    );
  });
});
