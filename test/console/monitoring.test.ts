// The alert rules and the dashboard that come along: every figure they name is there, Prometheus accepts them, and each page comes when it should.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';

import type { Role } from '../../src/app-roles.ts';
import { debianProgram } from '../bench/support/debian.ts';
import { openWatched } from './app.ts';
import { metricsOf } from './exposition.ts';

vi.setConfig({ hookTimeout: 400_000 });

const run = promisify(execFile);
const folder = resolve(import.meta.dirname, '../../config/monitoring');
const rulesFile = join(folder, 'alerts.yml');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<string, string>>;
}

const { groups } = parse(await readFile(rulesFile, 'utf8')) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);
const pages = rules.filter(({ labels }) => labels.severity === 'page');
const dashboard = JSON.parse(await readFile(join(folder, 'grafana-dashboard.json'), 'utf8')) as {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
};
const expressions = [
  ...rules.map(({ expr }) => expr),
  ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
];

/** The metrics of an expression: what is left without strings, matchers, ranges, groupings, functions and words of the language. */
function metricsIn(expression: string): readonly string[] {
  const bare = expression
    .replaceAll(/\{[^}]*\}/gu, ' ')
    .replaceAll(/\[[^\]]*\]/gu, ' ')
    .replaceAll(/\b(?:by|without|on|ignoring)\s*\([^)]*\)/gu, ' ');
  const words = [...bare.matchAll(/(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/gu)].map(([word]) => word);
  return words.filter((word) => !/^(?:and|or|unless|offset|bool)$/u.test(word));
}

describe('rules and dashboard', () => {
  it('are read as they are meant', () => {
    expect(metricsIn('max by (a) (x_y{stage=~"due|queued"}) > 900 and on() month() >= 11 or rate(z:w[5m] offset 1d)')).toEqual([
      'x_y',
      'z:w',
    ]);
    expect(expressions.length).toBeGreaterThan(50);
  });

  it.each<Role>(['worker', 'scheduler', 'console'])('name nothing that a %s does not tell', async (role) => {
    const process = await openWatched('console_monitoring', { roles: [role] });
    try {
      const { names } = metricsOf(await (await process.get('/metrics')).text());
      const missing = expressions.flatMap(metricsIn).filter((name) => !names.includes(name));
      expect(missing).toEqual([]);
      const told = names.filter((name) => name.startsWith('cuiban_') && !/_(?:bucket|sum|count|total)$/u.test(name));
      expect(told.length).toBeGreaterThan(25);
    } finally {
      await process.close();
    }
  });

  it('page only where somebody would be harmed, and say what to do in Chinese', () => {
    expect(rules.map(({ labels }) => labels.severity).filter((severity) => !/^(?:page|ticket)$/u.test(severity))).toEqual([]);
    expect(pages.length).toBeLessThan(rules.length / 2);
    for (const { alert, annotations } of rules) {
      expect(annotations['summary'], alert).toMatch(/\p{Script=Han}/u);
      expect((annotations['runbook'] ?? '').length, alert).toBeGreaterThan(15);
    }
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });
});

/** A morning on which all is well, a sample a minute; series of the same name and labels take the place of these. */
const WELL: Readonly<Record<string, string>> = {
  'cuiban_build_info{instance="a"}': '1+0x60',
  'cuiban_ledger_up{instance="a"}': '1+0x60',
  'cuiban_queue_up{instance="a"}': '1+0x60',
  'cuiban_ledger_writable{instance="a"}': '1+0x60',
  'cuiban_last_backup_timestamp_seconds{instance="a"}': '0+60x60',
  'cuiban_office_open{instance="a"}': '1+0x60',
  'cuiban_last_sweep_timestamp_seconds{instance="a"}': '0+60x60',
  'cuiban_processes{instance="a", role="worker", state="alive"}': '2+0x60',
  'cuiban_processes{instance="a", role="worker", state="lost"}': '0+0x60',
  'cuiban_messages_waiting_oldest_seconds{instance="a", stage="due"}': '20+0x60',
  'cuiban_messages_waiting_oldest_seconds{instance="a", stage="held"}': '9000+0x60',
  'cuiban_messages_waiting_oldest_seconds{instance="a", stage="queued"}': '0+0x60',
  'cuiban_looks_waiting_oldest_seconds{instance="a"}': '0+0x60',
  'cuiban_holds_open{instance="a", reason="operator"}': '1+0x60',
  'cuiban_holds_open_oldest_seconds{instance="a", reason="operator"}': '600+60x60',
  'cuiban_message_outcomes_total{instance="a", channel="email", outcome="sent", reason="none"}': '0+50x60',
  'cuiban_message_outcomes_total{instance="a", channel="email", outcome="permanent-failure", reason="550"}': '0+0x60',
  'cuiban_calendar_next_year_missing{instance="a"}': '1+0x60',
  'cuiban_db_pool_waiting{instance="a"}': '0+0x60',
  'cuiban_messages_resent{instance="a"}': '3+0x60',
  'nodejs_eventloop_lag_p99_seconds{instance="a"}': '0.02+0x60',
  'process_resident_memory_bytes{instance="a"}': '150000000+0x60',
};

/** What goes wrong at the start of the hour; null: the series is not there. */
const HARM: Readonly<
  Record<string, { readonly series: Readonly<Record<string, string | null>>; readonly labels?: Record<string, string> }>
> = {
  CuibanSilent: { series: Object.fromEntries(Object.keys(WELL).map((name) => [name, null])) },
  CuibanLedgerAway: { series: { 'cuiban_ledger_up{instance="a"}': '0+0x60' } },
  CuibanLedgerUnwritable: { series: { 'cuiban_ledger_writable{instance="a"}': '0+0x60' } },
  CuibanNoSweep: { series: { 'cuiban_last_sweep_timestamp_seconds{instance="a"}': '0+0x60' } },
  CuibanNoWorker: { series: { 'cuiban_processes{instance="a", role="worker", state="alive"}': '0+0x60' } },
  CuibanUnsent: { series: { 'cuiban_messages_waiting_oldest_seconds{instance="a", stage="queued"}': '0+60x60' } },
  CuibanLooksLate: { series: { 'cuiban_looks_waiting_oldest_seconds{instance="a"}': '0+60x60' } },
  CuibanChannelDown: { series: { 'cuiban_problems_open{instance="a", kind="channel-down"}': '1+0x60' } },
  CuibanDoubtfulHold: { series: { 'cuiban_holds_open{instance="a", reason="clock"}': '1+0x60' }, labels: { reason: 'clock' } },
  CuibanBounceWave: {
    series: {
      'cuiban_message_outcomes_total{instance="a", channel="email", outcome="permanent-failure", reason="550"}': '0+30x60',
    },
  },
};

function seriesOf(changed: Readonly<Record<string, string | null>>): readonly { series: string; values: string }[] {
  return Object.entries({ ...WELL, ...changed }).flatMap(([series, values]) => (values === null ? [] : [{ series, values }]));
}

function alertOf({ labels, annotations }: Rule, own: Readonly<Record<string, string>>): object {
  const filled = Object.entries(annotations).map(([name, text]) => [
    name,
    text.replaceAll(/\{\{ \$labels\.(\w+) \}\}/gu, (_all, label: string) => own[label] ?? ''),
  ]);
  return { exp_labels: { ...labels, ...own }, exp_annotations: Object.fromEntries(filled) as object };
}

describe('promtool', () => {
  let promtool: string | null = null;
  let work: string;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'cuiban-rules-'));
    const found = await debianProgram('promtool', 'prometheus', (line) => console.warn(line));
    if ('program' in found) promtool = found.program;
    else console.warn(`*** The tests of the alert rules by promtool are SKIPPED: ${found.missing} ***`);
  });
  afterAll(() => rm(work, { recursive: true }));

  it('accepts the rules', async ({ skip }) => {
    if (promtool === null) return skip();
    const { stdout } = await run(promtool, ['check', 'rules', rulesFile]);
    expect(stdout).toContain(`SUCCESS: ${rules.length} rules found`);
    return undefined;
  });

  it('sees no alert on a good morning, and each page within the hour when its harm is done', async ({ skip }) => {
    if (promtool === null) return skip();
    expect(Object.keys(HARM).toSorted()).toEqual(pages.map(({ alert }) => alert).toSorted());
    const quiet = {
      interval: '1m',
      input_series: seriesOf({}),
      alert_rule_test: rules.map(({ alert }) => ({ eval_time: '45m', alertname: alert, exp_alerts: [] })),
    };
    const loud = pages.map((rule) => {
      const { series = {}, labels = {} } = HARM[rule.alert] ?? {};
      return {
        interval: '1m',
        input_series: seriesOf(series),
        alert_rule_test: [{ eval_time: '45m', alertname: rule.alert, exp_alerts: [alertOf(rule, labels)] }],
      };
    });
    const file = join(work, 'scenarios.yml');
    await writeFile(file, stringify({ rule_files: [rulesFile], evaluation_interval: '1m', tests: [quiet, ...loud] }));
    const { stdout } = await run(promtool, ['test', 'rules', file]).catch((error: { stdout: string; stderr: string }) => ({
      stdout: `${error.stdout}\n${error.stderr}`,
    }));
    expect(stdout).toContain('SUCCESS');
    return undefined;
  });
});
