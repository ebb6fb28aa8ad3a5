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

/** What commander says, and what we say instead; whatever else it may say stays as it is. */
const ERRORS: readonly (readonly [RegExp, string])[] = [
  [/^error: /u, '用法不对：'],
  [/unknown command '(.+?)'/u, '没有“$1”这个命令'],
  [/unknown option '(.+?)'/u, '没有“$1”这个选项'],
  [/\(Did you mean (?:one of )?(.+?)\?\)/u, '（是不是 $1？）'],
  [/required option '(.+?)' not specified/u, '缺少必填的选项 $1'],
  [/missing required argument '(.+?)'/u, '缺少参数“$1”'],
  [/option '(.+?)' argument missing/u, '选项 $1 后面缺少内容'],
  [/option '(.+?)' argument '(.*?)' is invalid\./u, '选项 $1 的内容“$2”不对。'],
  [
    /too many arguments(?: for '.+?')?\. Expected (\d+) arguments? but got (\d+)\./u,
    '参数太多：应有 $1 个，现有 $2 个；含空格的内容请加引号。',
  ],
];

/** Help and usage errors as an office reads them; columns line up though Chinese characters are two cells wide. */
export function inChinese(program: Command): Command {
  return program
    .helpOption('-h, --help', '显示帮助')
    .helpCommand('help [命令]', '显示某个命令的帮助')
    .configureHelp({
      displayWidth: (text) => stringWidth(text),
      styleTitle: (title) => colors.bold(TITLES[title] ?? title),
    })
    .configureOutput({
      outputError: (text, write) => write(ERRORS.reduce((said, [english, chinese]) => said.replace(english, chinese), text)),
    })
    .showHelpAfterError(colors.dim('（加 --help 看用法和示例）'))
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage);
    });
}
