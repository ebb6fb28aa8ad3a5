// How the demo inbox looks: system fonts, one quiet blue, no host but its own.

export const STYLE = `
:root { color-scheme: light; --ink: #1d2733; --soft: #5b6876; --line: #dfe4ea; --paper: #fff; --ground: #f4f6f8; --blue: #1f4e8c; --pale: #e8eff8; --green: #2e6b4f; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.6 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
a { color: var(--blue); }
a:focus-visible, summary:focus-visible, button:focus-visible, input:focus-visible { outline: 3px solid #7fa8dc; outline-offset: 1px; }
small { color: var(--soft); font-size: .8125rem; font-weight: 400; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; padding: .75rem 1.25rem; background: var(--blue); }
.brand { color: #fff; font-size: 1.125rem; font-weight: 600; text-decoration: none; white-space: nowrap; }
header form { display: flex; flex: 1 1 16rem; max-width: 34rem; margin-left: auto; gap: .5rem; }
header input { flex: 1; min-width: 0; padding: .4rem .7rem; border: 0; border-radius: 4px; font: inherit; }
header button { padding: .4rem 1rem; border: 1px solid #fff8; border-radius: 4px; background: transparent; color: #fff; font: inherit; white-space: nowrap; cursor: pointer; }
.columns { display: grid; grid-template-columns: 13rem minmax(0, 1fr); max-width: 76rem; margin: 0 auto; }
nav { padding: 1.25rem 0 2rem 1.25rem; }
nav summary { padding: .3rem .5rem; font-weight: 600; cursor: pointer; }
nav ul { margin: 0 0 .5rem; padding: 0; list-style: none; }
nav li a { display: flex; justify-content: space-between; align-items: baseline; padding: .25rem .75rem .25rem 1.6rem; border-radius: 4px; color: inherit; text-decoration: none; }
nav li a:hover { background: #e9edf2; }
nav li a[aria-current] { background: var(--pale); color: var(--blue); font-weight: 600; }
main { min-width: 0; padding: 1.25rem; }
h1 { margin: 0 0 .9rem; font-size: 1.25rem; line-height: 1.4; }
h1 small { margin-left: .5rem; white-space: nowrap; }
.list { margin: 0; padding: 0; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); list-style: none; overflow: hidden; }
.list:empty, .list:not(:has(li)) { display: none; }
.list li + li { border-top: 1px solid var(--line); }
.entry { display: grid; grid-template-columns: auto 2.75rem 13rem minmax(0, 1fr); gap: 0 .9rem; align-items: baseline; padding: .6rem .9rem; color: inherit; text-decoration: none; }
a.entry:hover { background: var(--pale); }
time { min-width: 3rem; color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
.dated time { min-width: 9.5rem; }
.tag { padding: 0 .35rem; border-radius: 3px; background: var(--pale); color: var(--blue); font-size: .75rem; text-align: center; white-space: nowrap; }
.sms .tag { background: #e4f1ea; color: var(--green); }
.who { overflow-wrap: anywhere; }
.what { overflow-wrap: anywhere; }
.what small { display: block; }
a.entry .what { color: var(--blue); }
.empty { color: var(--soft); }
.mail { max-width: 60rem; margin: 0 auto; }
.back { margin: 0 0 .75rem; }
.back a { text-decoration: none; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1rem; margin: 0 0 .75rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.address { color: var(--soft); font-size: .9375rem; overflow-wrap: anywhere; }
.mail summary { padding: .3rem 0; color: var(--blue); cursor: pointer; }
iframe { display: block; width: 100%; height: max(70vh, 34rem); margin: .5rem 0 .75rem; border: 1px solid var(--line); border-radius: 6px; background: #fff; }
pre { margin: .25rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 46rem) {
  header { padding: .6rem .9rem; }
  header form { margin-left: 0; flex-basis: 100%; }
  .columns { display: block; }
  nav { max-height: 8.5rem; margin: .75rem .9rem 0; padding: .2rem .4rem; border: 1px solid var(--line); border-radius: 6px; background: var(--paper); overflow-y: auto; }
  nav ul { display: flex; gap: .3rem; overflow-x: auto; }
  nav li a { gap: .4rem; padding: .45rem .6rem; white-space: nowrap; }
  .dated time { min-width: 0; }
  main { padding: .9rem; }
  h1 { font-size: 1.125rem; }
  h1 small { display: block; margin-left: 0; }
  .entry { grid-template-columns: auto auto minmax(0, 1fr); gap: .1rem .6rem; padding: .7rem .8rem; }
  .what { grid-column: 1 / -1; }
}
`;
