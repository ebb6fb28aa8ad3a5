// Puts a ledger back from a backup, and tells it what went out since.

import { userInfo } from 'node:os';
import path from 'node:path';

import type { Command } from 'commander';
import colors from 'picocolors';

import type { Instant } from '../domain/time.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Reconciled, Restored } from '../ledger/recovery.ts';
import type { Settings } from '../settings.ts';
import { EXIT, Failure } from './failure.ts';
import { withEmptyDatabase, withLedger } from './ledger.ts';
import { print, printJson, timeInZone } from './terminal.ts';

interface Options {
  readonly journal?: string[];
  readonly reconcile?: true;
  readonly json?: true;
}

export function registerRestore(program: Command, settings: () => Settings): void {
  program
    .command('restore')
    .summary('从备份恢复台账到空的库里；恢复后先不发送，核对后再 cuiban release')
    .argument('[文件]', 'cuiban backup 写的文件')
    .option('--journal <目录...>', '投递日志所在的目录，可有多台机器的（默认：CUIBAN_DATA 下的 journal）')
    .option('--reconcile', '不恢复，只再用投递日志核对一次已恢复的台账')
    .option('--json', '输出一个 JSON 对象')
    .addHelpText(
      'after',
      '\n备份之后发出过什么，以投递日志为准：日志里有的不再发。\n示例：\n  cuiban restore /backup/cuiban.backup --journal /backup/journal-a /backup/journal-b\n',
    )
    .action(async (file: string | undefined, options: Options) => {
      if ((file === undefined) === (options.reconcile !== true)) {
        throw new Failure('请给出备份文件；或用 --reconcile 只核对', EXIT.usage);
      }
      const given = settings();
      const restored = file === undefined ? null : await restore(given, file);
      const folders = options.journal?.map((folder) => path.resolve(folder)) ?? [path.join(given.dataDir, 'journal')];
      await withLedger(given, async ({ ledger, configuration, now }) => {
        const { result, torn } = await reconcile(ledger, folders, now);
        if (options.json === true) printJson({ restored, reconciled: result, torn });
        else report(restored, result, torn, configuration.offices.values().next().value?.hours.zone ?? 'Asia/Shanghai');
        const held = (await ledger.holds()).some(({ reason }) => reason === 'restored');
        if (held && options.json !== true) print(`现在${colors.yellow('不会发送')}。核对无误后：cuiban release --note 已核对`);
      });
    });
}

async function restore(settings: Settings, file: string): Promise<Restored> {
  const [{ readBackup }, { load }, { wallClock }] = await Promise.all([
    import('../backup.ts'),
    import('../ledger/load.ts'),
    import('../app-clock.ts'),
  ]);
  return withEmptyDatabase(settings, async (url) => {
    try {
      return await load(url, readBackup(file), userInfo().username, wallClock.now());
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (code === 'ENOENT' || code === 'EACCES') throw new Failure(`读不到备份文件 ${file}`);
      if (code.startsWith('Z_')) throw new Failure(`备份文件 ${file} 已损坏（${code}）；什么也没有恢复`);
      throw error;
    }
  });
}

/** A message that was settled while the backup was taken may stand in the journal for as long as its lease. */
const OVERLAP_MS = 24 * 3_600_000;

async function reconcile(
  ledger: Ledger,
  folders: readonly string[],
  now: Instant,
): Promise<{ readonly result: Reconciled; readonly torn: number }> {
  const { readJournals } = await import('../journal.ts');
  const from = await ledger.restoredFrom();
  if (from === null) throw new Failure('这本台账不是由备份恢复的，无须核对');
  const journals = await Promise.all(folders.map(readJournals));
  const since = journals.flatMap(({ accepted }) => accepted.filter(({ at }) => at >= from - OVERLAP_MS));
  const result = await ledger.reconcileRestored(since, now);
  return { result, torn: journals.reduce((sum, { torn }) => sum + torn, 0) };
}

function report(restored: Restored | null, { entries, settled, told, known }: Reconciled, torn: number, zone: string): void {
  if (restored !== null) {
    print(`${colors.green('已恢复')}到 ${timeInZone(restored.takenAt, zone)} 的状态，共 ${restored.rows} 行。`);
  }
  print(
    `投递日志：看了 ${entries} 条消息；其中的提醒，补记为已发 ${settled} 条，将来规划时补记 ${told} 条，台账已知 ${known} 条。`,
  );
  if (torn > 0) print(colors.yellow(`日志中有 ${torn} 行读不出（进程被杀时未写完）。`));
  if (restored !== null && entries === 0) {
    const { messages, looks } = restored.waiting;
    print(
      colors.yellow(
        `没有找到投递日志：备份之后发出的都可能重发——现有到点的消息 ${messages} 条，另有 ${looks} 项事务到点待规划。请先核对邮件系统的发信记录。`,
      ),
    );
  }
}
