import type { Command } from 'commander';
import colors from 'picocolors';

import { check, type Finding } from '../configuration/check.ts';
import type { Settings } from '../settings.ts';
import { EXIT } from './failure.ts';
import { knownSchedules, loadConfiguration, loadMaterial } from './material.ts';
import { print, printJson } from './terminal.ts';

export function registerCheck(program: Command, settings: () => Settings): void {
  program
    .command('check')
    .summary('检查配置、模板、分解表和通讯录，列出全部问题')
    .argument('[分解表...]', '名称或文件（默认：seeds 下全部）')
    .option('--json', '每个问题一行 JSON')
    .addHelpText(
      'after',
      '\n没有错误时退出码为 0，有错误为 3；警告不影响退出码。\n示例：\n  cuiban check\n  cuiban check ruicheng-2022\n',
    )
    .action(async (names: string[], options: { json?: true }) => {
      const configuration = await loadConfiguration(settings());
      const wanted = names.length > 0 ? names : await knownSchedules(settings());
      const materials = await Promise.all(wanted.map((name) => loadMaterial(settings(), name)));
      const findings = check(configuration, materials);
      const errors = findings.filter(({ level }) => level === 'error').length;
      for (const finding of findings) {
        if (options.json === true) printJson(finding);
        else print(inWords(finding));
      }
      if (options.json !== true) {
        print(`\n检查了 ${materials.length} 份分解表：${errors} 个错误，${findings.length - errors} 个警告。`);
      }
      process.exitCode = errors > 0 ? EXIT.findings : EXIT.done;
    });
}

export function inWords({ level, where, message }: Finding): string {
  const sign = level === 'error' ? colors.red('错误') : colors.yellow('警告');
  return `${sign} ${where}：${message}`;
}
