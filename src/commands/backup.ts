import type { Command } from 'commander';
import colors from 'picocolors';

import type { Settings } from '../settings.ts';
import { withLedger } from './ledger.ts';
import { print, printJson } from './terminal.ts';

export function registerBackup(program: Command, settings: () => Settings): void {
  program
    .command('backup')
    .summary('备份台账：一个文件，运行中也可以做')
    .argument('<文件>', '写到哪里；已有的同名文件在写完后才被替换')
    .option('--json', '输出一个 JSON 对象')
    .addHelpText(
      'after',
      '\n文件含姓名、地址和信件全文，请像台账一样保管。自动备份：设置 CUIBAN_BACKUP_DIR。\n示例：\n  cuiban backup /backup/cuiban.backup\n',
    )
    .action(async (file: string, options: { json?: true }) => {
      const { writeBackup } = await import('../backup.ts');
      const { dump } = await import('../ledger/dump.ts');
      await withLedger(settings(), async ({ databaseUrl, now }) => {
        const bytes = await writeBackup(file, dump(databaseUrl, now));
        if (options.json === true) printJson({ file, bytes, takenAt: now });
        else print(`${colors.green('已备份')}：${file}（${Math.ceil(bytes / 1_024)} KB）`);
      });
    });
}
