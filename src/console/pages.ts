// The console's own pages. No script, no foreign host; everything that is not ours is escaped.

import { html } from 'hono/html';

type Html = ReturnType<typeof html>;

export const STYLE = `
:root { color-scheme: light dark; --ink: #1d2733; --paper: #f6f7f9; --card: #fff; --line: #d5dae1; --accent: #9b1c1c; --soft: #5b6776 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --paper: #14181d; --card: #1d232b; --line: #39424e; --accent: #e06767; --soft: #9aa6b4 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper); color: var(--ink);
  font: 16px/1.6 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif }
main { width: min(26rem, calc(100vw - 2rem)); background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 2rem }
h1 { margin: 0 0 1.2rem; font-size: 1.3rem }
h1 small { color: var(--soft); font-weight: normal; font-size: .9rem; margin-left: .5rem }
label { display: block; margin: 0 0 1rem }
input { display: block; width: 100%; margin-top: .25rem; padding: .55rem .7rem; font: inherit; color: inherit; background: var(--paper);
  border: 1px solid var(--line); border-radius: 6px }
button { width: 100%; padding: .6rem; font: inherit; color: #fff; background: #9b1c1c; border: 0; border-radius: 6px; cursor: pointer }
button.quiet { width: auto; padding: .3rem .8rem; color: inherit; background: none; border: 1px solid var(--line) }
:focus-visible { outline: 3px solid #4b8df8; outline-offset: 2px }
.fault { margin: 0 0 1rem; padding: .6rem .8rem; border-left: 4px solid var(--accent); background: var(--paper) }
p, ul { margin: 0 0 1rem } ul { padding-left: 1.2rem } code { font-family: ui-monospace, monospace }
a { color: inherit }
`;

function page(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/admin/style.css" />
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`;
}

export function loginPage({
  token,
  fault,
  name,
}: {
  readonly token: string;
  readonly fault: string | null;
  readonly name: string;
}): Html {
  return page(
    '登录 · 催办',
    html`<h1>催办<small>运行控制台</small></h1>
      ${fault === null ? '' : html`<p class="fault" role="alert">${fault}</p>`}
      <form method="post" action="/admin/login">
        <input type="hidden" name="token" value="${token}" />
        <label>名字 <input name="name" value="${name}" autocomplete="username" required autofocus /></label>
        <label>密码 <input name="password" type="password" autocomplete="current-password" required /></label>
        <button>登录</button>
      </form>`,
  );
}

export function wordsPage(title: string, words: Html | string): Html {
  return page(
    title,
    html`<h1>催办<small>运行控制台</small></h1>
    ${words}`,
  );
}

export function homePage({ operator, token }: { readonly operator: string; readonly token: string }): Html {
  return page(
    '运行控制台 · 催办',
    html`<h1>催办<small>运行控制台</small></h1>
      <p>${operator}，已登录。</p>
      <ul>
        <li><a href="/admin/queues">队列</a>：等待、在办和失败的任务（只能看）</li>
        <li><a href="/readyz">就绪状态</a>，<a href="/metrics">指标</a></li>
      </ul>
      <p>再发、取消消息请用命令 <code>cuiban retry</code>、<code>cuiban cancel --message</code>：记录在案。</p>
      <form method="post" action="/admin/logout">
        <input type="hidden" name="token" value="${token}" />
        <button class="quiet">退出登录</button>
      </form>`,
  );
}
