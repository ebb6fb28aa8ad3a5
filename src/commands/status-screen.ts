// What `status` shows, as text for a terminal of so many columns. The first line is the verdict.

import colors from 'picocolors';
import stringWidth from 'string-width';

import type { Wrong } from '../console/verdict.ts';
import type { DeliveryStatus } from '../domain/delivery.ts';
import type { LedgerHealth, LedgerStatus, ProcessState, ProviderState, Trouble } from '../ledger/ledger.ts';
import type { JobCounts } from '../queue.ts';
import { EMAIL_SIGN, SMS_SIGN, table, timeInZone } from './terminal.ts';

export interface Overview {
  readonly now: number;
  readonly zone: string;
  readonly wrong: readonly Wrong[];
  readonly status: LedgerStatus;
  readonly health: LedgerHealth;
  readonly trouble: readonly Trouble[];
  readonly processes: readonly ProcessState[];
  readonly providers: readonly ProviderState[];
  readonly queue: { readonly kind: string } & (
    | { readonly counts: Readonly<Record<string, JobCounts>> }
    | { readonly away: string }
  );
}

export const DELIVERY_WORDS: Readonly<Record<DeliveryStatus, string>> = {
  created: '待发',
  sending: '发送中',
  sent: '已提交',
  delivered: '已送达',
  'temporary-failure': '暂时失败，将重试',
  'permanent-failure': '未能送达',
  unknown: '结果不明',
  cancelled: '已取消',
};

/** Silent for so long a process is taken to be lost: as in the ledger. */
const LOST_AFTER_S = 60;
const PROBLEMS_SHOWN = 20;
const JOB_WORDS: Readonly<Record<string, string>> = { sweep: '巡查', deliver: '发送', reconcile: '清理' };

export function screen(seen: Overview, columns: number): string {
  return [
    verdict(seen),
    holds(seen),
    schedules(seen, columns),
    flow(seen),
    trouble(seen, columns),
    processes(seen),
    problems(seen, columns),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function verdict({ wrong, status, queue, now, zone }: Overview): string {
  const when = colors.dim(timeInZone(now, zone));
  const reasons = [...wrong.map(({ text }) => text), ...('away' in queue ? [`队列连不上：${queue.away}`] : [])];
  if (reasons.length > 0) {
    return [
      `${colors.bold(colors.red(`有 ${reasons.length} 处不正常`))}  ${when}`,
      ...reasons.map((text) => colors.red(`  ✗ ${text}`)),
    ].join('\n');
  }
  if (status.problems.length === 0) return `${colors.bold(colors.green('一切正常'))}  ${when}`;
  return `${colors.bold(colors.green('运行正常'))}，${colors.yellow(`有 ${status.problems.length} 件事请协调人处理`)}  ${when}`;
}

function holds({ status, zone }: Overview): string {
  return status.holds
    .map(({ office, detail, openedAt, openedBy }) =>
      colors.red(`已暂停发送（${office ?? '所有办公室'}，${openedBy}，${timeInZone(openedAt, zone)} 起）：${detail}`),
    )
    .join('\n');
}

function schedules({ status }: Overview, columns: number): string {
  if (status.schedules.length === 0) return '还没有确认过的分解表。先运行：cuiban confirm ruicheng-2022';
  const names = Math.max(...status.schedules.map(({ name }) => name.length));
  const room = Math.max(12, columns - names - 40);
  return table(
    ['分解表', '通知', '办理中', '其中逾期', '其中待定', '已结'],
    status.schedules.map((each) => [each.name, cut(each.title, room), each.open, each.overdue, each.undecided, each.closed]),
  );
}

function flow({ status, health, queue, providers, now, zone }: Overview): string {
  const time = (instant: number | null): string => (instant === null ? '—' : timeInZone(instant, zone));
  const since = (instant: number | null): string =>
    instant === null ? '' : `，最早 ${time(instant)}，已 ${duration(now - instant)}`;
  const { due, queued, sending, held, looks } = health;
  const unsent = due.count + queued.count + sending.count;
  const oldest = [due, queued, sending].flatMap((each) => each.oldest ?? []);
  const first =
    unsent === 0
      ? '没有到点未发的'
      : colors.yellow(
          `到点未发 ${unsent} 条（等待 ${due.count}，已交队列 ${queued.count}，发送中 ${sending.count}${since(Math.min(...oldest))}）`,
        );
  const kept = held.count === 0 ? '' : colors.yellow(`；暂停中 ${held.count} 条${since(held.oldest)}`);
  const planning = looks.count === 0 ? '' : `；待规划 ${looks.count} 项${since(looks.oldest)}`;
  const messages = Object.entries(status.messages).map(([name, count]) => `${DELIVERY_WORDS[name as DeliveryStatus]} ${count}`);
  const { hour, day, threeDays } = health.receipts;
  const receipts = hour + day + threeDays;
  return [
    `${first}${kept}${planning}。`,
    `上次巡查 ${time(status.lastSweep)}，下次要看 ${time(status.nextLook)}，下次要发 ${time(status.nextSend)}。`,
    `消息：${messages.length === 0 ? '尚无' : messages.join('，')}；可能重复发出 ${status.resends} 次。`,
    ...(receipts === 0 ? [] : [`短信待回执 ${receipts} 条（一小时内 ${hour}，一天内 ${day}，更早 ${threeDays}）。`]),
    ...(providers.some(({ rate, throttled }) => rate !== null || throttled > 0)
      ? [`速率：${providers.map((each) => pace(each, time)).join('；')}。`]
      : []),
    ...('counts' in queue ? [`队列（${queue.kind}）：${Object.entries(queue.counts).map(inQueue).join('；')}。`] : []),
  ].join('\n');
}

/** What is slower than it was set up to be, or always limited. */
function pace({ name, rate, configured, throttled, slowedAt }: ProviderState, time: (instant: number | null) => string): string {
  const now = rate === null ? '不限速' : `每秒 ${Number(rate.toFixed(2))} 条`;
  const slowed = rate !== null && (configured === null || rate < configured);
  const since = slowed
    ? colors.yellow(`（已放慢，设定${configured === null ? '不限' : `每秒 ${configured} 条`}，${time(slowedAt)} 对方说太快）`)
    : '';
  return `${name} ${now}${since}${throttled > 0 ? `，共 ${throttled} 次说太快` : ''}`;
}

function inQueue([name, { waiting, active, failed }]: [string, JobCounts]): string {
  return `${JOB_WORDS[name] ?? name} 等待 ${waiting} 在办 ${active}${failed > 0 ? ` 失败 ${failed}` : ''}`;
}

function trouble({ trouble: groups, zone }: Overview, columns: number): string {
  if (groups.length === 0) return '没有失败的消息。';
  const lines = groups.flatMap(({ status, channel, code, detail, count, since, next, ids }) => {
    const sign = channel === 'email' ? EMAIL_SIGN : SMS_SIGN;
    const paint = status === 'temporary-failure' ? colors.yellow : colors.red;
    const again = next === null ? '不会自动再发' : `下次 ${timeInZone(next, zone)}`;
    return [
      `  ${paint(DELIVERY_WORDS[status])} ${count} 条 ${sign} ${code}  ${colors.dim(`${timeInZone(since, zone)} 起，${again}`)}`,
      ...(detail === '' ? [] : [`    ${cut(detail, columns - 4)}`]),
      `    ${colors.dim(`${ids.join(' ')}${count > ids.length ? ' …' : ''}`)}`,
    ];
  });
  return [colors.yellow('失败及原因（再发：cuiban retry 编号；不再发：cuiban cancel --message 编号）：'), ...lines].join('\n');
}

function processes({ processes: all }: Overview): string {
  if (all.length === 0) return '没有在运行的进程。启动：cuiban start';
  return table(
    ['进程', '主机', '进程号', '版本', '状态'],
    all.map(({ roles, host, pid, version, silentFor }) => [
      roles.join(','),
      host,
      pid,
      version,
      silentFor > LOST_AFTER_S ? colors.yellow(`失联 ${duration(silentFor * 1_000)}`) : colors.green('在运行'),
    ]),
  );
}

function problems({ status, zone }: Overview, columns: number): string {
  const { problems: all } = status;
  if (all.length === 0) return colors.green('没有待协调人处理的事。');
  // One mail that bounced is a problem of every duty in it.
  const alike = new Map<string, { readonly openedAt: number; count: number }>();
  for (const { detail, openedAt } of all) {
    const known = alike.get(detail);
    if (known === undefined) alike.set(detail, { openedAt, count: 1 });
    else known.count += 1;
  }
  const lines = [...alike].slice(0, PROBLEMS_SHOWN).map(([detail, { openedAt, count }]) => {
    const times = count > 1 ? `（${count} 件）` : '';
    return `  ${timeInZone(openedAt, zone)} ${times}${cut(detail, columns - 19 - stringWidth(times))}`;
  });
  const more = alike.size > PROBLEMS_SHOWN ? ['  … 其余见 cuiban status --json'] : [];
  return [colors.yellow(`请协调人处理（${all.length}）：`), ...lines, ...more].join('\n');
}

/** `35 秒`, `12 分钟`, `3 小时`, `2 天`. */
function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} 秒`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} 分钟`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)} 小时` : `${Math.floor(seconds / 86_400)} 天`;
}

/** At most so many columns wide; what is cut says so. */
function cut(text: string, columns: number): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  if (stringWidth(line) <= columns) return line;
  let kept = '';
  for (const sign of line) {
    if (stringWidth(kept + sign) > columns - 1) break;
    kept += sign;
  }
  return `${kept}…`;
}
