import type { Command } from 'commander';

import { addDays } from '../domain/calendar.ts';
import { noticeDate } from '../domain/notice.ts';
import type { Settings } from '../settings.ts';
import { EXIT, Failure } from './failure.ts';
import { loadConfiguration, loadMaterial, officeOf } from './material.ts';
import { isoDate, positiveNumber, wholeNumber } from './options.ts';
import { print, whenToldToStop } from './terminal.ts';

interface Options {
  readonly schedule: string;
  readonly from?: string;
  readonly to?: string;
  readonly speed?: number;
  readonly seed: number;
  readonly silent?: true;
  readonly json?: true;
}

/** How long the whole takes unless told otherwise. */
const SECONDS = 55;

export function registerDemo(program: Command, settings: () => Settings): void {
  program
    .command('demo')
    .summary('演示：一年的催办在一分钟里走完，真的队列、真的邮件和短信服务器')
    .option('--schedule <名称>', '演示哪一份分解表', 'ruicheng-2022')
    .option('--from <日期>', '从哪一天确认开始（默认：通知印发日）', isoDate)
    .option('--to <日期>', '走到哪一天（默认：次年4月15日）', isoDate)
    .option('--speed <天数>', '每秒至多走几天（默认：全程约一分钟）', positiveNumber)
    .option('--seed <数>', '哪些单位按时答复由它决定', wholeNumber, 35)
    .option('--silent', '没有单位答复：发出的与 rehearse 预演的一条不差')
    .option('--json', '每行一个 JSON：begins、worker、day、ends')
    .addHelpText(
      'after',
      '\n每次都从头开始，用自己的台账，不碰真实任务。\n示例：\n  cuiban demo --schedule shangdang-2022 --to 2022-10-31 --speed 10\n',
    )
    .action(async (options: Options) => {
      await demo(settings(), options);
    });
}

async function demo(settings: Settings, options: Options): Promise<void> {
  const configuration = await loadConfiguration(settings);
  const { schedule, directory } = await loadMaterial(settings, options.schedule);
  const office = officeOf(configuration, schedule);
  const issued = noticeDate(schedule.notice);
  const from = options.from ?? issued;
  const to = options.to ?? `${schedule.notice.year + 1}-04-15`;
  if (from < issued) throw new Failure(`--from ${from} 早于通知印发日 ${issued}`, EXIT.usage);
  if (to <= from) throw new Failure(`--to ${to} 应晚于 ${from}`, EXIT.usage);
  const stop = new AbortController();
  whenToldToStop(() => stop.abort());
  const watched = process.stdout.isTTY && options.json !== true;
  const [{ play }, { Screen }, { transcript }] = await Promise.all([
    import('../demo/play.ts'),
    import('../demo/screen.ts'),
    import('../demo/transcript.ts'),
  ]);
  await play({
    settings,
    configuration,
    schedule,
    directory,
    office,
    from,
    to,
    speed: options.speed ?? daysBetween(from, to) / SECONDS,
    seed: options.seed,
    silent: options.silent === true,
    audience: options.json === true ? transcript : new Screen(office.hours.zone),
    signal: stop.signal,
    linger: async () => {
      if (!watched) return;
      print('收件箱页面还开着，按 Ctrl-C 结束。');
      await new Promise((resolve) => stop.signal.addEventListener('abort', resolve, { once: true }));
    },
  });
  if (stop.signal.aborted && !watched) process.exitCode = EXIT.interrupted;
}

function daysBetween(from: string, to: string): number {
  let days = 0;
  for (let date = from; date < to; date = addDays(date, 1)) days += 1;
  return days;
}
