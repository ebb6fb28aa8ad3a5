/** An end that a person can mend: the message says what is wrong and what would be right. No stack is shown. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What scripts may rely on; `cuiban --help` prints them. */
export const EXIT = { done: 0, failed: 1, usage: 2, findings: 3, outdated: 4, interrupted: 130 } as const;
