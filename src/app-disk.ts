/**
 * Watches the disk of the embedded ledger. Sending is held before the ledger can no longer commit what went out: what is accepted and
 * cannot be settled would be sent again. When it gets worse a reserve is given up, so that what is on its way is still settled and a person
 * can still look. All of it ends by itself when there is room again.
 */
import path from 'node:path';

import type { Companion } from './app-roles.ts';
import { DiskReserve, freeBytes } from './disk.ts';
import type { Instant } from './domain/time.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Logger } from './log.ts';

const MB = 1_048_576;
const RESERVE = 64 * MB;
/** Below this nothing is sent: four chunks under way, a segment of the log, and what others write within a second. */
const LOW = 64 * MB;
/** Below this the reserve is given up. */
const CRITICAL = 24 * MB;
/** Room for all of it again, and some more, so that it does not open and shut. */
const ENOUGH = LOW + 32 * MB;
const LOOK_MS = 1_000;

export interface DiskGuardOptions {
  /** Of the data; the reserve lies in it. */
  readonly folder: string;
  readonly ledger: Pick<Ledger, 'hold' | 'release' | 'holds'>;
  readonly now: () => Instant;
  readonly log: Pick<Logger, 'error' | 'warn' | 'info'>;
}

export class DiskGuard {
  readonly #options: DiskGuardOptions;
  readonly #reserve: DiskReserve;
  #held: boolean | null = null;
  #looking: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DiskGuardOptions) {
    this.#options = options;
    this.#reserve = new DiskReserve(path.join(options.folder, 'reserve'), RESERVE);
  }

  /** Resolves after the first look. */
  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => void this.look(), LOOK_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Never rejects: a ledger that cannot be told is told a second later. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch((error: unknown) => this.#options.log.error({ err: error }, 'the disk is low and the ledger could not be told'))
      .finally(() => {
        this.#looking = null;
      });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { folder, ledger, log } = this.#options;
    const free = await freeBytes(folder);
    // First of all, and whether or not the ledger answers.
    if (free < CRITICAL && (await this.#reserve.exists())) {
      log.error({ free }, 'the disk is nearly full: the reserve is given up');
      await this.#reserve.giveBack();
    }
    this.#held ??= (await ledger.holds()).some(({ office, reason }) => office === null && reason === 'disk');
    if (this.#held) await this.#open(free);
    else if (free < LOW) await this.#shut(free);
    else if (!(await this.#reserve.exists()) && free > RESERVE + ENOUGH) await this.#reserve.make();
  }

  async #shut(free: number): Promise<void> {
    const { folder, ledger, log, now } = this.#options;
    log.error({ free, folder }, 'the disk is low: nothing is sent until there is room');
    const detail = `数据盘只剩 ${Math.floor(free / MB)} MB（${folder}），腾出空间后自动恢复`;
    await ledger.hold({ office: null, reason: 'disk', detail, by: 'cuiban', at: now() });
    this.#held = true;
  }

  async #open(free: number): Promise<void> {
    const { ledger, log, now } = this.#options;
    const missing = (await this.#reserve.exists()) ? 0 : RESERVE;
    if (free < ENOUGH + missing) return;
    await this.#reserve.make();
    await ledger.release({ office: null, reason: 'disk', by: 'cuiban', at: now(), note: '磁盘已有空间' });
    this.#held = false;
    log.info({ free }, 'there is room on the disk again: sending goes on');
  }
}

/** For the ledger that lies on this host's disk. A journal looks after itself: without it nothing is claimed. */
export const diskGuard: Companion = {
  async open({ settings, ledger, clock, log }) {
    if (settings.databaseUrl !== null || clock.kind !== 'wall') return { close: () => Promise.resolve() };
    const guard = new DiskGuard({ folder: settings.dataDir, ledger, now: () => clock.now(), log });
    await guard.start();
    return guard;
  },
};
