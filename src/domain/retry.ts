import type { Calendar } from './calendar.ts';
import type { ChannelName, Outcome } from './delivery.ts';
import type { Settlement } from './message.ts';
import { type Instant, nextSendable, type OfficeHours } from './time.ts';

const MINUTE = 60_000;
const LONGEST_WAIT = 4 * 60 * MINUTE;
/** A mail whose fate is unknown is repeated once, not earlier than this, with the same Message-ID (delivery.md §0.1). */
const UNKNOWN_WAIT = 15 * MINUTE;
const ATTEMPTS = 12;
/** A relay that is away or refuses our login is asked again with a few messages this often, for as long as it takes: none is lost for it. */
const CHANNEL_WAIT = MINUTE;

export interface Attempt {
  readonly channel: ChannelName;
  /** Hand-overs so far, this one included. */
  readonly attempts: number;
  /** Whether the one before this ended as unknown too. */
  readonly wasUnknown: boolean;
  readonly now: Instant;
  readonly hours: OfficeHours;
  readonly calendar: Calendar;
}

/** What one outcome means for a message: its new state, and when to try again. Waiting never leaves office hours. */
export function settlementOf(outcome: Outcome, attempt: Attempt): Omit<Settlement, 'id' | 'fence'> {
  // Being put off says nothing of the copy before: it may be out, so the mail stays one whose fate is unknown.
  const open = attempt.wasUnknown ? 'unknown' : 'temporary-failure';
  const later = (wait: number): Instant => nextSendable(attempt.hours, attempt.calendar, attempt.now + wait);
  switch (outcome.outcome) {
    case 'accepted':
      return {
        status: 'sent',
        providerIds: outcome.providerIds,
        code: '',
        detail: outcome.response,
        retryAt: null,
        attempted: true,
        channelDown: false,
      };
    case 'throttled':
      return {
        ...failed(open, outcome.code, 'throttled by the provider', later(outcome.retryAfterMs)),
        attempted: false,
      };
    case 'retryable':
      if (outcome.unreachable === true) return down(open, outcome.code, outcome.message, later(CHANNEL_WAIT));
      if (attempt.attempts >= ATTEMPTS) {
        const over = attempt.wasUnknown ? 'unknown' : 'permanent-failure';
        return failed(over, outcome.code, `given up after ${attempt.attempts} attempts: ${outcome.message}`, null);
      }
      return failed(open, outcome.code, outcome.message, later(backoff(attempt.attempts)));
    case 'permanent':
      // Wrong settings are no fault of the message: it waits until they are mended.
      if (outcome.about === 'config') return down(open, outcome.code, outcome.message, later(CHANNEL_WAIT));
      return {
        ...failed('permanent-failure', outcome.code, `${outcome.about}: ${outcome.message}`, null),
        ...(outcome.about === 'recipient' && isDeadAddress(attempt.channel, outcome.code) ? { refused: true } : {}),
      };
    case 'unknown': {
      // An SMS is never sent again blindly: its receiver can't tell the copies apart.
      const again = attempt.channel === 'email' && !attempt.wasUnknown;
      return failed('unknown', outcome.code, outcome.message, again ? later(UNKNOWN_WAIT) : null);
    }
  }
}

/**
 * Whether the refusal is of the address itself and for good: no such mailbox or number (RFC 3463 X.1.*, X.2.1; RFC 5321 550, 551, 553 where
 * no more is said). A full mailbox may be emptied, and what a policy refuses of one mail it may refuse of everybody's.
 */
function isDeadAddress(channel: ChannelName, code: string): boolean {
  if (code === 'address' || code === 'number') return true;
  if (channel === 'sms') return code !== 'NO-SMS';
  const enhanced = /\b5\.\d{1,3}\.\d{1,3}$/u.exec(code)?.[0];
  return enhanced === undefined ? /^55[013]$/u.test(code) : /^5\.(?:1\.\d+|2\.1)$/u.test(enhanced);
}

function failed(
  status: Settlement['status'],
  code: string,
  detail: string,
  retryAt: Instant | null,
): Omit<Settlement, 'id' | 'fence'> {
  return { status, providerIds: [], code, detail, retryAt, attempted: true, channelDown: false };
}

function down(status: Settlement['status'], code: string, detail: string, retryAt: Instant): Omit<Settlement, 'id' | 'fence'> {
  return { ...failed(status, code, detail, retryAt), attempted: false, channelDown: true };
}

function backoff(attempts: number): number {
  return Math.min(LONGEST_WAIT, 2 ** attempts * MINUTE);
}
