// The command line, one screen. Each command is a file under commands/.

import { Command } from 'commander';
import colors from 'picocolors';

import { EXIT, Failure } from './commands/failure.ts';
import { inChinese } from './commands/help.ts';
import { nobodyReads } from './commands/terminal.ts';
import { LedgerOutdated } from './ledger/ledger.ts';
import { EmbeddedPostgresError } from './postgres.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  nobodyReads();
});

let settings: Settings | null = null;
const readOnce = (): Settings => (settings ??= readSettings());

const program = inChinese(new Command('cuiban'))
  .description('催办：读通知、排期限、到点提醒、逾期升级，直到办结。')
  .addHelpText(
    'after',
    `
退出码：${EXIT.done} 成功，${EXIT.failed} 未做成（原因已写明），${EXIT.usage} 用法不对，${EXIT.findings} 检查发现错误，${EXIT.outdated} 台账已由更新的版本升级，${EXIT.interrupted} 被中断。
从这里开始：
  cuiban demo                          看一年的催办在一分钟里走完
  cuiban check                         检查配置和分解表
  cuiban rehearse --schedule ruicheng-2022   看将发出的每一条
  cuiban confirm ruicheng-2022         确认，开始催办`,
  );

/** In the order of the help. What one command needs is not loaded for another. */
const COMMANDS: Readonly<Record<string, () => Promise<(program: Command, settings: () => Settings) => void>>> = {
  demo: async () => (await import('./commands/demo.ts')).registerDemo,
  start: async () => (await import('./commands/start.ts')).registerStart,
  check: async () => (await import('./commands/check.ts')).registerCheck,
  import: async () => (await import('./commands/import.ts')).registerImport,
  confirm: async () => (await import('./commands/confirm.ts')).registerConfirm,
  rehearse: async () => (await import('./commands/rehearse.ts')).registerRehearse,
  roll: async () => (await import('./commands/roll.ts')).registerRoll,
  status: async () => (await import('./commands/status.ts')).registerStatus,
  retry: async () => (await import('./commands/retry.ts')).registerRetry,
  answers: async () => (await import('./commands/answers.ts')).registerAnswers,
  hold: async () => (await import('./commands/hold.ts')).registerHold,
  operator: async () => (await import('./commands/operator.ts')).registerOperator,
  backup: async () => (await import('./commands/backup.ts')).registerBackup,
  restore: async () => (await import('./commands/restore.ts')).registerRestore,
  migrate: async () => (await import('./commands/migrate.ts')).registerMigrate,
};

// Help, a slip of the pen and the several commands of answers.ts are matched against all.
const asked = process.argv[2] ?? '';
const load = asked === 'answers' || !Object.hasOwn(COMMANDS, asked) ? undefined : COMMANDS[asked];
for (const register of await Promise.all((load === undefined ? Object.values(COMMANDS) : [load]).map((each) => each()))) {
  register(program, readOnce);
}

try {
  await program.parseAsync();
} catch (error) {
  // An unforeseen error keeps its stack for whoever mends it; a person who can mend it reads one line.
  const known = [Failure, SettingsError, EmbeddedPostgresError, LedgerOutdated].some((kind) => error instanceof kind);
  const words = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${colors.red(words)}\n`);
  if (!known && error instanceof Error) process.stderr.write(colors.dim(`${error.stack ?? ''}\n`));
  process.exitCode = codeOf(error);
}

function codeOf(error: unknown): number {
  if (error instanceof Failure) return error.exitCode;
  if (error instanceof LedgerOutdated) return EXIT.outdated;
  return error instanceof SettingsError ? EXIT.usage : EXIT.failed;
}
