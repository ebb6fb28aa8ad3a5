// A question before something is changed. Whatever is no clear yes is a no.

import { createInterface } from 'node:readline/promises';

import { EXIT, Failure } from './failure.ts';

/** @throws Failure when the answer is not yes, or nobody is there to answer */
export async function askToGoOn(question: string, refused: string): Promise<void> {
  if (!process.stdin.isTTY) throw new Failure('这里无法询问，请加 --yes 表示确认', EXIT.usage);
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  // Ctrl-C and Ctrl-D are a no.
  const answer = await prompt.question(`${question}输入 yes 继续：`).catch(() => '');
  prompt.close();
  if (answer.trim().toLowerCase() !== 'yes') throw new Failure(refused);
}
