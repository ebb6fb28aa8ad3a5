import type { Command } from 'commander';

import type { Settings } from '../settings.ts';
import { withLedger } from './ledger.ts';
import { print, printJson } from './terminal.ts';

export function registerMigrate(program: Command, settings: () => Settings): void {
  program
    .command('migrate')
    .summary('把台账升级到这个版本（其他命令启动时也会自动升级）')
    .option('--json', '输出一个 JSON 对象')
    .addHelpText('after', '\n示例：\n  cuiban migrate\n')
    .action(async (options: { json?: true }) => {
      // Opening the ledger has migrated it; a second call says what is left, which must be nothing.
      const left = await withLedger(settings(), ({ ledger }) => ledger.migrate());
      if (options.json === true) printJson({ upToDate: left.length === 0 });
      else print('台账已是最新版本。');
    });
}
