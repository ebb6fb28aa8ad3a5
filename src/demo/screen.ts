// The demo as a person watches it in a terminal.

import stringWidth from 'string-width';
import colors from 'picocolors';

import { print, table, timeInZone } from '../commands/terminal.ts';
import type { SentMessage } from '../ledger/ledger.ts';
import { dateInWords } from '../domain/words.ts';
import type { Audience, DemoBeginning, DemoDay, DemoEnd } from './story.ts';

/** Lines of one day before the rest is only counted. */
const SHOWN = 4;
const BAR = 24;

export class Screen implements Audience {
  readonly #zone: string;
  readonly #live: boolean;
  #from = '';
  #to = '';
  #emails = 0;
  #sms = 0;
  #escalations = 0;

  constructor(zone: string) {
    this.#zone = zone;
    this.#live = process.stdout.isTTY;
  }

  begins({ title, tasks, duties, units, from, to, inbox, outbox }: DemoBeginning): void {
    this.#from = from;
    this.#to = to;
    print(`\n${colors.bold(`催办演示 · ${title}`)}`);
    print(`${tasks} 项任务，${units} 个单位，${duties} 项责任；时钟从 ${from} 走到 ${to}。`);
    print(colors.dim(`收件箱 ${inbox}   信件 ${outbox}`));
    print(colors.dim('每封邮件、每条短信都经过：规划 → 台账 → 队列 → SMTP/SMPP → 台账。Ctrl-C 可随时停下。\n'));
  }

  worker(pid: number, event: 'started' | 'killed'): void {
    this.#line(
      event === 'started' ? colors.dim(`工作进程 ${pid} 已启动`) : colors.yellow(`工作进程 ${pid} 被杀，另起一个接着办`),
    );
  }

  day(day: DemoDay): void {
    const { date, messages, held, answers } = day;
    const emails = messages.filter(({ channel }) => channel === 'email');
    const sms = messages.filter(({ channel }) => channel === 'sms');
    const escalations = emails.filter(({ items }) => items.some(({ rung, copy }) => rung > 0 && !copy));
    this.#emails += emails.length;
    this.#sms += sms.length;
    this.#escalations += escalations.length;
    if (messages.length + held.length + answers.length > 0) this.#tell(day, emails, sms, escalations);
    this.#progress(date);
  }

  #tell(
    { date, held, answers }: DemoDay,
    emails: readonly SentMessage[],
    sms: readonly SentMessage[],
    escalations: readonly SentMessage[],
  ): void {
    const counts = [
      ...(emails.length > 0 ? [`邮件 ${emails.length}`] : []),
      ...(sms.length > 0 ? [`短信 ${sms.length}`] : []),
      ...(escalations.length > 0 ? [colors.red(`升级 ${escalations.length}`)] : []),
    ];
    this.#line(`${colors.bold(`${date.slice(0, 4)}年${dateInWords(date)}`)}  ${counts.join('  ')}`);
    const shown = [...escalations, ...emails.filter((each) => !escalations.includes(each))].slice(0, SHOWN);
    for (const { subject, to, items, status } of shown) {
      const urgent = items.some(({ rung, copy }) => rung > 0 && !copy);
      const failed = status === 'sent' || status === 'delivered' ? '' : colors.red(`（${status}）`);
      this.#line(
        `  ${urgent ? colors.red('▲') : colors.green('✉')} ${to.unitName}${to.post}  ${urgent ? colors.red(subject) : subject}${failed}`,
      );
    }
    if (emails.length > shown.length) this.#line(colors.dim(`    … 另 ${emails.length - shown.length} 封`));
    const [text] = sms;
    if (text !== undefined)
      this.#line(
        `  ${colors.cyan('☎')} ${text.to.unitName}${text.to.post}  ${text.subject}${sms.length > 1 ? colors.dim(` … 另 ${sms.length - 1} 条`) : ''}`,
      );
    this.#tellHeld(held);
    // Two deadlines of one task are answered together.
    const answered = new Set(
      answers.map(({ kind, ref, unitName, to, voided }) => {
        const words = { acknowledge: '签收', complete: '办结', extend: `延期至 ${to ?? ''}` }[kind];
        return `${unitName} ${words} ${ref}${voided > 0 ? `，作废未发的 ${voided} 条` : ''}`;
      }),
    );
    for (const words of [...answered].slice(0, SHOWN)) this.#line(colors.dim(`  ← ${words}`));
    if (answered.size > SHOWN) this.#line(colors.dim(`    … 另 ${answered.size - SHOWN} 个答复`));
  }

  #tellHeld(held: DemoDay['held']): void {
    const reasons = new Map<string, number>();
    for (const { reason, detail, until } of held) {
      const words = `${REASON_WORDS[reason] ?? reason}${until === null ? `：${detail}` : `，顺延至 ${timeInZone(until, this.#zone)}`}`;
      reasons.set(words, (reasons.get(words) ?? 0) + 1);
    }
    for (const [words, count] of [...reasons].slice(0, 2))
      this.#line(colors.yellow(`  ⏸ ${words}${count > 1 ? `（${count} 条）` : ''}`));
  }

  ends(end: DemoEnd): void {
    if (this.#live) process.stdout.write('\r\u001B[2K');
    print(colors.bold('\n各单位情况'));
    print(
      table(
        ['单位', '责任', '邮件', '短信', '已签收', '按期办结', '逾期办结', '逾期未结', '在办', '最高升级至'],
        end.units.map((unit) => [
          unit.unitName,
          unit.duties,
          unit.inInbox,
          unit.sms,
          unit.acknowledged,
          unit.completedInTime,
          unit.completedLate,
          unit.openOverdue > 0 ? colors.red(String(unit.openOverdue)) : 0,
          unit.open - unit.openOverdue,
          unit.escalatedTo.at(-1) ?? '',
        ]),
      ),
    );
    const { tally, suppressed } = end;
    print(colors.bold('\n清点'));
    print(
      `  台账：邮件 ${tally.ledger.emails} 封，短信 ${tally.ledger.sms} 条；收件箱：邮件 ${tally.inbox.emails} 封，短信 ${tally.inbox.sms} 条。`,
    );
    print(
      tally.agrees
        ? colors.green('  逐封核对一致，没有丢失。')
        : colors.red(
            `  不一致：缺 ${tally.missing.length}，多 ${tally.strange.length}，单位不符 ${tally.disagreeing.join('、')}`,
          ),
    );
    if (tally.doubles > 0) print(`  其中 ${tally.doubles} 封到了两次：工作进程被杀时正在途中，两份同一 Message-ID。`);
    if (tally.doubtful > 0) print(`  ${tally.doubtful} 条结果不明，已列给协调人：短信不盲目重发。`);
    const reasons = Object.entries(suppressed).map(([reason, count]) => `${REASON_WORDS[reason] ?? reason} ${count}`);
    print(reasons.length === 0 ? '  没有不发或顺延的。' : `  不发或顺延的，每条都有原因：${reasons.join('，')}。`);
    print(`\n全部信件：${end.outbox}`);
    print(`全部短信：${end.smsFile}`);
    print(colors.dim(`用时 ${end.seconds.toFixed(0)} 秒。`));
  }

  #progress(date: string): void {
    if (!this.#live) return;
    const share = (Date.parse(date) - Date.parse(this.#from)) / Math.max(1, Date.parse(this.#to) - Date.parse(this.#from));
    const filled = Math.round(share * BAR);
    const bar = `${colors.green('█'.repeat(filled))}${colors.dim('░'.repeat(BAR - filled))}`;
    process.stdout.write(
      `\r\u001B[2K${date} ${bar} ${String(Math.round(share * 100)).padStart(3)}%  邮件 ${this.#emails}  短信 ${this.#sms}  升级 ${this.#escalations}`,
    );
  }

  /** Prints above the progress bar; never wider than the terminal. */
  #line(text: string): void {
    if (!this.#live) {
      print(text);
      return;
    }
    process.stdout.write(`\r\u001B[2K${cut(text, process.stdout.columns)}\n`);
  }
}

const REASON_WORDS: Readonly<Record<string, string>> = {
  'outside-hours': '不在办公时间',
  'daily-cap': '当日已达上限',
  'rung-order': '前一级尚未发完',
  'no-address': '没有地址',
  absent: '无人在岗',
  merged: '并入同一封信',
  completed: '已办结',
  cancelled: '已撤销',
  superseded: '已被新时限取代',
  'missed-window': '错过时机，只发最近的',
  'before-notice': '早于通知印发',
  'recurrence-shorter': '周期短于提前量',
  'no-channel': '没有开通短信',
  undecided: '待协调人定夺',
  acknowledged: '已签收',
};

function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = text;
  while (stringWidth(kept) > width - 1) kept = kept.slice(0, -1);
  return `${kept}\u001B[0m…`;
}
