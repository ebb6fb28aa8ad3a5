// What whoever starts a benchmark may choose.

export interface Options {
  /** Small numbers: to see that everything works, not to judge by. */
  readonly quick: boolean;
  /** Rounds of what is compared; null: as the benchmark says. */
  readonly rounds: number | null;
  /** Mails of a round; null: as the benchmark says. */
  readonly mails: number | null;
  /** Ids of those that the delivery compares; null: everybody. */
  readonly peers: readonly string[] | null;
}
