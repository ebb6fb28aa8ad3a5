// The invariants of the design, by number, and how often each was really asked.

export const INVARIANTS: Readonly<Record<number, string>> = {
  1: 'Coverage: what the ladder demands of an open duty is recorded within one sweep of being up, once per person responsible',
  2: 'Resolution: what is recorded comes to an end within two working days of being up',
  3: 'No loss: what is called sent was accepted by the far side',
  4: 'No orphan: what was accepted is one row of the ledger, sent, or of an outcome that is called unknown or failed later',
  5: 'Bounded duplicates: no second copy but of what was left in doubt; none of an SMS; without faults none',
  6: 'One identity: a Message-ID has one body, and what is said to one person has one Message-ID',
  7: 'No two identical messages: nobody gets one body under two Message-IDs',
  8: 'Completion: no claim after it, no bytes later than two minutes after it',
  9: 'Order: a rung is claimed when the one below it came to an end on an earlier working day, and none is skipped',
  10: 'Hours: bytes leave on working days within office hours, and never while a hold is open',
  11: 'Freshness: what is claimed is of the deadline as it stands, to whoever holds the post',
  12: 'Quota: one mention of a duty per person, channel and day, and no more messages a day than the cap',
  13: 'Terminal is final: states move only along the declared ways',
  14: 'Fence: an old fence changes nothing, a message has one live lease, and who lost it sends nothing',
  15: 'Lateness: without faults within ten minutes of the time the ladder names, and never before it',
  16: 'The queue is disposable: flushed again and again it changes no outcome',
  18: 'Audit: every change has one row of history in its own transaction, without gaps',
  19: 'Isolation: of a unit’s duty hear those whom the ladder names in that unit and in the supervising office, and nobody else',
  20: 'Determinism: the same seed has the same trace',
  22: 'Dead addresses: nothing is claimed for an address that was refused for good, until a person changes or trusts it',
  21: 'The same people without faults: the same is said to the same, but for what has a reason',
};

export class Violation extends Error {
  readonly invariant: number;

  constructor(invariant: number, words: string) {
    super(words);
    this.invariant = invariant;
  }
}

export class Counters {
  readonly asked = new Map<number, number>();

  /** @throws Violation unless it holds. */
  check(invariant: number, holds: boolean, words: () => string): void {
    this.asked.set(invariant, (this.asked.get(invariant) ?? 0) + 1);
    if (!holds) throw new Violation(invariant, words());
  }
}
