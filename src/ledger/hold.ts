// What stops sending without stopping the work: its shapes and its verbs.

import type { Instant } from '../domain/time.ts';

/** Why nothing is sent: a person said so; the ledger was restored from a backup; the clock, the number of messages or the disk is suspect. */
export type HoldReason = 'operator' | 'restored' | 'clock' | 'burst' | 'disk';

export const HOLD_WORDS: Readonly<Record<HoldReason, string>> = {
  operator: '人工暂停',
  restored: '台账由备份恢复',
  clock: '时钟可疑',
  burst: '待发数量异常',
  disk: '磁盘空间不足',
};

export interface Hold {
  readonly id: string;
  /** Null: every office. */
  readonly office: string | null;
  readonly reason: HoldReason;
  /** For a person, in words. */
  readonly detail: string;
  readonly openedAt: Instant;
  readonly openedBy: string;
}

export interface Holding {
  readonly office: string | null;
  readonly reason: HoldReason;
  readonly detail: string;
  readonly by: string;
  readonly at: Instant;
}

export interface Releasing {
  /** Null: the holds that are on every office; those of single offices stay. */
  readonly office: string | null;
  /** Null: whatever the reason. */
  readonly reason: HoldReason | null;
  readonly by: string;
  readonly at: Instant;
  readonly note?: string | null;
}

export interface HoldVerbs {
  /**
   * Until it is released nothing of the office is dispatched or claimed: a hold that is recorded before a claim stops that claim. What is with a
   * worker already goes out. One is open per office and reason; holding again changes its detail alone.
   * @throws LedgerRefusal for an office that the ledger does not know
   */
  hold(holding: Holding): Promise<void>;
  /** Returns how many were released. What was held goes out by the ordinary rules of catching up. */
  release(releasing: Releasing): Promise<number>;
  /** Those that are open, oldest first. */
  holds(): Promise<readonly Hold[]>;
}
