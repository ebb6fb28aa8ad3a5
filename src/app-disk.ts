/**
 * Stops sending before the ledger's disk is full: what a relay has accepted must still be written down. For the PostgreSQL that comes along, which
 * shares its disk with the delivery journal; a server of one's own is watched by whoever runs it, and a journal that cannot be written
 * stops sending by itself (delivery.md, fault 27).
 */
import { statfs } from 'node:fs/promises';

import type { Clock } from './app-clock.ts';
import type { Companion } from './app-roles.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Logger } from './log.ts';

const MEBIBYTE = 2 ** 20;
/** Some segments of the log of changes, and what is under way. */
const TOO_LITTLE = 128 * MEBIBYTE;
const ENOUGH = 192 * MEBIBYTE;
const LOOK_MS = 10_000;
const ACTOR = 'cuiban';

export class DiskGuard {
  readonly #folder: string;
  readonly #parts: { readonly ledger: Pick<Ledger, 'hold' | 'release' | 'holds'>; readonly clock: Clock; readonly log: Logger };

  constructor(folder: string, parts: { ledger: Pick<Ledger, 'hold' | 'release' | 'holds'>; clock: Clock; log: Logger }) {
    this.#folder = folder;
    this.#parts = parts;
  }

  /** Holds, or lets go what was held for the disk. */
  async look(): Promise<void> {
    const { ledger, clock, log } = this.#parts;
    const { bavail, bsize } = await statfs(this.#folder);
    const free = bavail * bsize;
    if (free >= TOO_LITTLE && free < ENOUGH) return;
    const held = (await ledger.holds()).some(({ office, reason }) => office === null && reason === 'disk');
    const facts = { freeMB: Math.floor(free / MEBIBYTE) };
    if (free < TOO_LITTLE && !held) {
      const detail = `台账所在磁盘只剩 ${facts.freeMB} MB；腾出空间后自动恢复`;
      await ledger.hold({ office: null, reason: 'disk', detail, by: ACTOR, at: clock.now() });
      log.error(facts, 'the disk is nearly full; nothing is sent until there is room');
    }
    if (free >= ENOUGH && held) {
      await ledger.release({ office: null, reason: 'disk', by: ACTOR, at: clock.now() });
      log.info(facts, 'there is room on the disk again; sending goes on');
    }
  }
}

export const diskGuard: Companion = {
  async open({ settings, ledger, clock, log }) {
    if (settings.databaseUrl !== null) return { close: () => Promise.resolve() };
    const guard = new DiskGuard(settings.dataDir, { ledger, clock, log });
    const look = (): Promise<void> =>
      guard.look().catch((error: unknown) => log.error({ err: error }, 'the room on the disk could not be looked at'));
    await look();
    const timer = setInterval(() => void look(), LOOK_MS);
    return {
      close: () => {
        clearInterval(timer);
        return Promise.resolve();
      },
    };
  },
};
