/** The last line of a test run: its real counts. */
import type { Reporter, TestModule } from 'vitest/node';

export default class CountsReporter implements Reporter {
  private line = '0 passed, 0 failed, 0 skipped';

  constructor() {
    // After everything else that has something to say, the services' own goodbyes included.
    process.once('exit', () => process.stdout.write(`${this.line}\n`));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    let passed = 0;
    // An error outside any test fails the run, so it is counted.
    let failed = unhandled.length;
    let skipped = 0;
    for (const module of modules) {
      let failedHere = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        else if (state === 'failed') failedHere += 1;
        else skipped += 1;
      }
      // A file that cannot be loaded, or whose hooks fail, may have no failed test in it.
      failed += module.state() === 'failed' ? Math.max(failedHere, 1) : failedHere;
    }
    this.line = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  }
}
