// The process that `index.ts` starts: reads the files it is handed, one by one, and says what it read.

import { Worker } from 'node:worker_threads';

import type { Result } from '../../domain/result.ts';
import type { SourceError } from '../../yaml.ts';
import type { Reply, Request } from './index.ts';
import { fileError } from '../document.ts';
import { readDocument } from '../formats/read-file.ts';
import { readNotice } from '../clauses/read-notice.ts';
import type { Reading } from '../reading.ts';

const maxBytes = Number(process.argv[2]) * 1_000_000;
/** Of the limit: a file must not fail for what the ones before it left behind. */
const SPENT_SHARE = 0.4;

const watch = new Worker(new URL('watch.mjs', import.meta.url), {
  // A plain program: the loader for TypeScript would cost more than the watch itself.
  execArgv: [],
  workerData: { parent: process.ppid, maxBytes },
});
watch.unref();

// In order: the converter stops with whoever started it.
process.on('disconnect', () => process.exit());
process.on('message', (request: Request) => {
  void answer(request);
});
tell({ kind: 'ready' });

async function answer(request: Request): Promise<void> {
  const result = await read(request).catch((error: unknown) => {
    const words = error instanceof Error ? error.message : String(error);
    return fileError(
      request.input.file,
      `这个文件读不下去（程序没有料到的情况：${words.slice(0, 200)}）；请另存为 docx、xlsx 或 txt 再导入`,
    );
  });
  tell({ kind: 'read', result, spent: process.memoryUsage.rss() > maxBytes * SPENT_SHARE });
}

async function read({ input, ...options }: Request): Promise<Result<Reading, SourceError>> {
  const document = await readDocument(input);
  if (!document.ok) return document;
  return { ok: true, value: readNotice(document.value, options) };
}

function tell(reply: Reply): void {
  process.send?.(reply);
}
