// Makes the line by which somebody may log in at the console. Nothing is stored here.

import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

import type { Command } from 'commander';

import { EXIT, Failure } from './failure.ts';
import { print } from './terminal.ts';

export function registerOperator(program: Command): void {
  program
    .command('operator')
    .summary('为运行控制台添加操作员：问两遍密码，打印一行')
    .argument('<名字>', '登录用的名字')
    .addHelpText(
      'after',
      `
把打印的一行存入只有运行账户能读的文件，一人一行，用 CUIBAN_OPERATORS_FILE 指明，重新启动后生效；删去一行，那人的登录即告失效。
示例：
  cuiban operator 许子轩 >> /etc/cuiban/operators
`,
    )
    .action(async (name: string) => {
      const { nameFault, operatorLine, passwordFault } = await import('../console/operators.ts');
      const fault = nameFault(name);
      if (fault !== null) throw new Failure(fault, EXIT.usage);
      const [password = '', again = ''] = await twoLines(['密码：', '再输一遍：']);
      const weak = passwordFault(password);
      if (weak !== null) throw new Failure(weak);
      if (password !== again) throw new Failure('两遍不一样');
      print(await operatorLine(name, password));
    });
}

/** Nothing that is typed is shown. Questions go to standard error: standard output may be a file. */
async function twoLines(questions: readonly string[]): Promise<readonly string[]> {
  const terminal = process.stdin.isTTY;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: nowhere, terminal });
  const lines = prompt[Symbol.asyncIterator]();
  const answers: string[] = [];
  for (const question of questions) {
    if (terminal) process.stderr.write(question);
    const { value, done } = await lines.next();
    if (terminal) process.stderr.write('\n');
    if (done === true) break;
    answers.push(value);
  }
  prompt.close();
  return answers;
}
