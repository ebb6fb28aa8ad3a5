/**
 * The clock that the work goes by. It never goes back, and it does not follow a leap that nobody else saw: a deadline that seems to have
 * passed escalates, and a wrong escalation cannot be recalled. While clocks disagree nothing is sent (a hold), and time goes on
 * from where it was last trusted.
 *
 * A database on another host is a second witness: agreeing with it by two hours is enough, however long this host was suspended.
 * One on this host tells the same time, right or wrong; there the time since boot, which runs on while a laptop sleeps, stands in its place,
 * and at a start the time that the ledger last noted.
 */

import { uptime } from 'node:os';

import { type Clock, monotonic } from './app-clock.ts';
import type { Instant } from './domain/time.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Logger } from './log.ts';

const TOLERANCE = 2 * 3_600_000;
const MINUTE = 60_000;
const DAY = 24 * 3_600_000;
/** No holiday is as long. So long a silence is either a system that was stopped or a clock that is wrong, and nothing here can tell which. */
const LONGEST_SILENCE = 14 * DAY;
const BY = '时钟守护';

export interface GuardedBy {
  readonly clock: Clock;
  /** Milliseconds that went by, also while the machine slept. */
  readonly elapsed: () => number;
  /** The database runs on a host of its own. */
  readonly witness: boolean;
  readonly ledger: Pick<Ledger, 'clocks' | 'markTime' | 'hold' | 'release' | 'holds'>;
  readonly log: Pick<Logger, 'error' | 'info'>;
}

type Doubt = 'disagrees' | 'leapt' | 'behind' | 'silent';

export class ClockGuard implements Clock {
  readonly kind = 'wall';
  readonly #by: GuardedBy;
  /** Where time was last trusted. */
  #base: { readonly at: Instant; readonly elapsed: number } | null = null;
  #latest: Instant = 0;
  #holding = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(by: GuardedBy) {
    this.#by = by;
  }

  /** Never less than it said before. @throws before the first check */
  now(): Instant {
    const { clock, elapsed } = this.#by;
    if (this.#base === null) throw new Error('the clock has not been checked yet');
    const expected = this.#base.at + (elapsed() - this.#base.elapsed);
    const wall = clock.now();
    this.#latest = Math.max(this.#latest, this.#holding || wall - expected > TOLERANCE ? Math.round(expected) : wall);
    return this.#latest;
  }

  /** Checks now, and every minute from now on. */
  async start(): Promise<void> {
    await this.check();
    this.#timer = setInterval(() => {
      this.check().catch((error: unknown) =>
        this.#by.log.error({ err: error }, 'the clock could not be checked; trying again in a minute'),
      );
    }, MINUTE);
    this.#timer.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Compares the clocks; holds sending where they disagree, lets it go on where they agree again or a person says that ours is right. */
  async check(): Promise<void> {
    const { clock, elapsed, ledger, log } = this.#by;
    const { mark, server } = await ledger.clocks();
    const wall = clock.now();
    const doubt = this.#doubt(wall, mark, server);
    if (doubt === null) {
      if (this.#holding) {
        await ledger.release({ office: null, reason: 'clock', by: BY, at: wall });
        log.info({}, 'the clocks agree again');
      }
      await this.#trust(wall, mark);
      return;
    }
    const open = (await ledger.holds()).some(({ reason, office }) => reason === 'clock' && office === null);
    if (this.#holding && !open && doubt !== 'disagrees') {
      log.info({ wall: new Date(wall).toISOString() }, 'released by a person: this clock is right');
      await ledger.markTime(wall, 'reset');
      this.#latest = wall;
      await this.#trust(wall, null);
      return;
    }
    const trusted = { disagrees: Math.min(wall, server), leapt: wall, behind: wall, silent: mark ?? wall };
    this.#base ??= { at: trusted[doubt], elapsed: elapsed() };
    this.#latest = Math.max(this.#latest, mark ?? 0);
    this.#holding = true;
    if (open) return;
    const detail = words(doubt, { wall, server, mark: mark ?? wall, expected: this.#expected() });
    log.error(
      { doubt, wall: new Date(wall).toISOString(), server: new Date(server).toISOString() },
      'clocks disagree; sending is held',
    );
    await ledger.hold({ office: null, reason: 'clock', detail, by: BY, at: this.now() });
  }

  #doubt(wall: Instant, mark: Instant | null, server: Instant): Doubt | null {
    if (this.#by.witness) {
      if (Math.abs(wall - server) > TOLERANCE) return 'disagrees';
    } else if (this.#base === null) {
      if (mark !== null && wall - mark > LONGEST_SILENCE) return 'silent';
    } else if (wall - this.#expected() > TOLERANCE) {
      return 'leapt';
    }
    return Math.max(mark ?? 0, this.#latest) - wall > TOLERANCE ? 'behind' : null;
  }

  #expected(): Instant {
    const { elapsed } = this.#by;
    return this.#base === null ? 0 : this.#base.at + (elapsed() - this.#base.elapsed);
  }

  async #trust(wall: Instant, mark: Instant | null): Promise<void> {
    this.#holding = false;
    this.#base = { at: wall, elapsed: this.#by.elapsed() };
    this.#latest = Math.max(this.#latest, wall, mark ?? 0);
    await this.#by.ledger.markTime(this.#latest);
  }
}

function words(
  doubt: Doubt,
  { wall, server, mark, expected }: Readonly<Record<'wall' | 'server' | 'mark' | 'expected', Instant>>,
): string {
  const said = (at: Instant): string => `${new Date(at).toISOString().slice(0, 16)}Z`;
  const after = '请先校准时钟；确认本机时钟无误后再恢复发送';
  switch (doubt) {
    case 'disagrees':
      return `本机时钟${said(wall)}与数据库时钟${said(server)}相差两小时以上；两者一致后自动恢复`;
    case 'leapt':
      return `本机时钟一下子走到${said(wall)}，按实际经过的时间应为${said(expected)}；${after}`;
    case 'silent':
      return `本机时钟${said(wall)}比台账最后记下的${said(mark)}晚${Math.floor((wall - mark) / DAY)}天：系统若真停了这么久，直接恢复发送即可；否则请先校准时钟`;
    case 'behind':
      return `本机时钟${said(wall)}比台账记下的${said(mark)}早两小时以上；${after}`;
  }
}

/** Milliseconds since boot, or since this process began where the system does not tell. */
export function elapsedSinceBoot(): () => number {
  const [boot, began] = [uptime() * 1_000, monotonic()];
  return () => Math.max(uptime() * 1_000 - boot, monotonic() - began);
}

/** Whether the database at this address has a clock of its own: one on this host tells the time of this host. */
export function isWitness(databaseUrl: string): boolean {
  const { hostname } = new URL(databaseUrl);
  return !/^(?:|localhost|127\..*|\[::1\]|%2f.*)$/iu.test(hostname);
}
