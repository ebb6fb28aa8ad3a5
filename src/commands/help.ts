import type { Command } from 'commander';
import colors from 'picocolors';
import stringWidth from 'string-width';

import { EXIT } from './failure.ts';

const TITLES: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Commands:': '命令：',
};

/** Help and usage errors as an office reads them; columns line up though Chinese characters are two cells wide. */
export function inChinese(program: Command): Command {
  return program
    .helpOption('-h, --help', '显示帮助')
    .helpCommand('help [命令]', '显示某个命令的帮助')
    .configureHelp({
      displayWidth: (text) => stringWidth(text),
      styleTitle: (title) => colors.bold(TITLES[title] ?? title),
    })
    .showHelpAfterError(colors.dim('（加 --help 看用法和示例）'))
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage);
    });
}
