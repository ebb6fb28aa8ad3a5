// What is measured against each other: somebody who is given N mails' worth of work and a sink, and brings them there.

import type { Cleanup } from '../support/cleanup.ts';
import type { Ground } from '../support/ground.ts';
import type { Prepared } from '../support/ledgers.ts';

export interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** One run of one contender. */
export interface Task {
  readonly ground: Ground;
  /** What this run starts ends with it. */
  readonly cleanup: Cleanup;
  readonly port: number;
  readonly mails: number;
  /** Each mail is one of these, to a recipient of its own; whoever has no ledger needs not compose them. */
  readonly letters: readonly Letter[];
  readonly ledgers: Prepared;
}

export interface Running {
  /** Processes whose processor time and memory are this contender's; servers that others use too are not among them. */
  readonly pids: readonly number[];
  /** Begins. Resolves with the instant (`wall`) of the first intake, which may still be ahead. */
  begin(): Promise<number>;
}

export interface Contender {
  readonly id: string;
  readonly name: string;
  /** Starts all processes, fresh, so that `begin` finds them idle and ready. */
  readonly start: (task: Task) => Promise<Running>;
}

/** Or why it cannot be had here. */
export type Candidate = Contender | { readonly id: string; readonly name: string; readonly missing: string };

/** SMTP connections that everybody may use at once, and mails under way in one process of those that have no limit of their own. */
export const CONNECTIONS = 10;
export const UNDER_WAY = 50;

export function addressOf(n: number): string {
  return `p0.unit-${String((n % 100) + 1).padStart(3, '0')}@county-${String(Math.floor(n / 100) + 1).padStart(4, '0')}.example`;
}
