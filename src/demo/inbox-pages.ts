// The pages of the demo inbox: a list by day and one mail. Everything that came by mail is escaped or shut in a frame.

import { html } from 'hono/html';
import { DateTime } from 'luxon';

import type { Kept, KeptMail } from './inbox-archive.ts';

type Html = ReturnType<typeof html>;

const LONGEST_LIST = 300;
const HEADERS: readonly (readonly [string, string])[] = [
  ['message-id', 'Message-ID'],
  ['auto-submitted', 'Auto-Submitted'],
  ['reply-to', '回复地址'],
];

export interface ListView {
  readonly all: readonly Kept[];
  readonly query: string;
  /** The day chosen, or null for the newest one. */
  readonly day: string | null;
  readonly found: readonly Kept[];
}

/** The list: the days at the side, the mails and texts of one day (or of a search) beside them. */
export function listPage(view: ListView): Html {
  const { query, day, found } = view;
  const searching = query !== '';
  const shown = found.slice(0, LONGEST_LIST);
  const heading = searching ? `搜索“${query}”` : day === null ? '尚无邮件' : dayWords(day);
  return page(
    heading,
    query,
    html`<div class="columns">
      <nav aria-label="日期">${daysOf(view)}</nav>
      <main>
        <h1>${heading} <small>${counts(found)}</small></h1>
        ${shown.length === 0 ? html`<p class="empty">${searching ? '没有符合的邮件或短信。' : '演示开始后，发出的邮件和短信会出现在这里。'}</p>` : ''}
        <ol class="${searching ? 'list dated' : 'list'}">
          ${shown.map((kept) => row(kept, searching))}
        </ol>
        ${found.length > shown.length ? html`<p class="empty">只列出最近 ${shown.length} 条，请用搜索缩小范围。</p>` : ''}
      </main>
    </div>`,
  );
}

/** One mail: its headers, its plain text, and its HTML in a frame that can run nothing. */
export function mailPage(mail: KeptMail): Html {
  const frame = `/mail/html?id=${encodeURIComponent(mail.id)}`;
  return page(
    mail.subject,
    '',
    html`<main class="mail">
      <p class="back"><a href="/?day=${encodeURIComponent(mail.day)}">← ${dayWords(mail.day)}</a></p>
      <h1>${mail.subject === '' ? '（无主题）' : mail.subject}</h1>
      <dl>
        <dt>发件人</dt>
        <dd>${mail.from.name} <span class="address">${mail.from.address}</span></dd>
        <dt>收件人</dt>
        <dd>${mail.to.name} <span class="address">${mail.to.address}</span></dd>
        <dt>时间</dt>
        <dd>${dayWords(mail.day)} ${mail.time}</dd>
      </dl>
      <details>
        <summary>邮件头</summary>
        <dl>
          ${HEADERS.map(([key, label]) => {
            const value = mail.headers.find((header) => header.key === key)?.value;
            return value === undefined
              ? ''
              : html`<dt>${label}</dt>
                  <dd class="address">${value}</dd>`;
          })}
          <dt>文件</dt>
          <dd class="address">${mail.id}</dd>
        </dl>
      </details>
      <section aria-label="邮件正文">
        <iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="${frame}" title="邮件正文"></iframe>
      </section>
      <details>
        <summary>纯文本正文</summary>
        <pre>${mail.text}</pre>
      </details>
    </main>`,
  );
}

/** A page that says one thing. */
export function wordsPage(words: string): Html {
  return page(
    words,
    '',
    html`<main>
      <h1>${words}</h1>
      <p class="back"><a href="/">← 返回收件箱</a></p>
    </main>`,
  );
}

function page(title: string, query: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · 催办演示收件箱</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header>
          <a class="brand" href="/">催办演示收件箱</a>
          <form action="/" method="get" role="search">
            <input type="search" name="q" value="${query}" placeholder="单位、地址、主题或手机号" aria-label="搜索" />
            <button type="submit">搜索</button>
          </form>
        </header>
        ${body}
      </body>
    </html>`;
}

function daysOf({ all, day, query }: ListView): Html {
  const months = new Map<string, Map<string, number>>();
  for (const kept of all) {
    const month = kept.day.slice(0, 7);
    const days = months.get(month) ?? new Map<string, number>();
    days.set(kept.day, (days.get(kept.day) ?? 0) + 1);
    months.set(month, days);
  }
  const chosen = query === '' ? day : null;
  return html`${[...months].map(
    ([month, days]) =>
      html`<details ${month === (chosen ?? all[0]?.day ?? '').slice(0, 7) ? 'open' : ''}>
        <summary>${monthWords(month)} <small>${sum(days.values())}</small></summary>
        <ul>
          ${[...days].map(
            ([each, count]) =>
              html`<li>
                <a href="/?day=${encodeURIComponent(each)}" ${each === chosen ? html`aria-current="page"` : ''}
                  ><span>${shortDay(each)}</span> <small>${count}</small></a
                >
              </li>`,
          )}
        </ul>
      </details>`,
  )}`;
}

function row(kept: Kept, withDay: boolean): Html {
  const when = withDay ? `${shortDay(kept.day)} ${kept.time}` : kept.time;
  if (kept.kind === 'sms') {
    return html`<li class="sms">
      <div class="entry">
        <time>${when}</time>
        <span class="tag">短信</span>
        <span class="who">${spoken(kept.to)}</span>
        <span class="what">${kept.text}<small>计费 ${kept.parts} 条</small></span>
      </div>
    </li>`;
  }
  return html`<li>
    <a class="entry" href="/mail?id=${encodeURIComponent(kept.id)}">
      <time>${when}</time>
      <span class="tag">邮件</span>
      <span class="who">${kept.to.name === '' ? kept.to.address : kept.to.name}</span>
      <span class="what">${kept.subject === '' ? '（无主题）' : kept.subject}<small>${kept.to.address}</small></span>
    </a>
  </li>`;
}

/** A mobile number of China in groups, as it is read out; any other as it is. */
function spoken(number: string): string {
  return number.replace(/^\+?(?:86)?(1\d{2})(\d{4})(\d{4})$/u, '$1 $2 $3');
}

function counts(found: readonly Kept[]): string {
  const mails = found.filter(({ kind }) => kind === 'mail').length;
  return `邮件 ${mails} 封，短信 ${found.length - mails} 条`;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const each of numbers) total += each;
  return total;
}

function dayWords(day: string): string {
  const date = DateTime.fromISO(day, { locale: 'zh-CN' });
  return date.isValid ? date.toFormat('yyyy年M月d日 cccc') : '未注明日期';
}

function shortDay(day: string): string {
  const date = DateTime.fromISO(day, { locale: 'zh-CN' });
  return date.isValid ? date.toFormat('M月d日 ccc') : '未注明日期';
}

function monthWords(month: string): string {
  const date = DateTime.fromISO(month);
  return date.isValid ? date.toFormat('yyyy年M月') : '未注明日期';
}
