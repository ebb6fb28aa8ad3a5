// What a sweep costs: with a million open duties and nothing due, and per due duty as the table grows tenfold and a hundredfold.

import { sweep } from '../../jobs/sweep.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { percentile, shown, spreadOf } from './support/figures.ts';
import type { Ground } from './support/ground.ts';
import { confirmAll, sweeping, withLedger } from './support/ledgers.ts';
import type { Options } from './support/options.ts';
import { makeProvince, type Province, UNITS } from './support/province.ts';
import { against, type Measured, plain, type Result } from './support/report.ts';

const TASKS = 100;
const IDLE_MS = 5;
const IDLE_ROWS = 200;
const FLAT = 0.2;

interface Filled {
  readonly database: string;
  readonly open: number;
  readonly province: Province;
}

export async function benchSweep(ground: Ground, options: Options): Promise<Result> {
  const counties = options.quick ? [1, 2, 4] : [1, 10, 100];
  const rounds = options.rounds ?? (options.quick ? 2 : 5);
  const idles = options.quick ? 20 : 200;
  const filled: Filled[] = [];
  for (const count of counties) filled.push(await fill(ground, count));
  const due = await dueCosts(ground, filled, rounds);
  const largest = filled.at(-1);
  if (largest === undefined) throw new Error('nothing was filled');
  const idle = await idleCost(ground, largest, idles);
  const rows = idle.tables.reduce((sum, one) => sum + one.rows, 0);
  const open = largest.open.toLocaleString('en-US');
  const costs = due.map(({ micros }) => spreadOf(micros).median);
  const growth = (costs.at(-1) ?? Number.NaN) / (costs[0] ?? Number.NaN);
  return {
    bench: 'sweep',
    title: '巡查',
    how: [
      `每次都是整个巡查作业：跟随配置、规划到期的、交出到期的；${rounds} 轮交错，到期的每轮 1,000 项，属于同一个县`,
      `读写行数取自 pg_stat_user_tables，${idles} 次空巡查的平均`,
    ],
    measured: [
      against(
        `空巡查，${open} 项未办结：用时`,
        idle.median,
        { most: IDLE_MS, unit: 'ms' },
        `${shown(idle.median, 'ms')}（p99 ${shown(idle.p99, 'ms')}）`,
      ),
      against(
        `空巡查，${open} 项未办结：读写行数`,
        rows,
        { most: IDLE_ROWS, unit: '行' },
        `${shown(rows, '行')}（${idle.tables
          .slice(0, 3)
          .map((one) => `${one.name} ${shown(one.rows)}`)
          .join('、')}）`,
      ),
      ...due.map(({ open: size, micros }): Measured => {
        const spread = spreadOf(micros);
        return plain(
          `每项到期任务的巡查用时，${size.toLocaleString('en-US')} 项未办结`,
          shown(spread.median, 'µs'),
          spread,
          'µs',
        );
      }),
      against('最大 ÷ 最小', growth, { least: 1 - FLAT, most: 1 + FLAT, unit: '×' }),
    ],
    missing: [],
  };
}

/** So many counties of a hundred units with a hundred open duties each; the schedules through confirm, their duties by one statement. */
async function fill(ground: Ground, counties: number): Promise<Filled> {
  const database = `bench_sweep_${counties}`;
  const province = await makeProvince(ground.folder, counties, TASKS);
  ground.say(`台账：${(counties * UNITS * TASKS).toLocaleString('en-US')} 项未办结……`);
  await ground.database(database);
  ground.cleanup.add(() => ground.drop(database));
  await confirmAll(await ground.urlOf(database), province, () => []);
  await ground.sql(
    database,
    `INSERT INTO cuiban.assignment
       (office_id, task_id, unit_id, role, deadline_key, deadline, pursuit, due, original_due, confirmed_at, planned_through, next_at)
     SELECT t.office_id, t.id, u.id, 'lead', 'by ' || (d.deadline->>'date'), d.deadline, 'dated',
            (d.deadline->>'date')::date, (d.deadline->>'date')::date, s.confirmed_at,
            to_timestamp($1::float8 / 1000) - interval '1 day',
            to_timestamp($1::float8 / 1000) + make_interval(days => 1 + (t.id % 200)::int)
       FROM cuiban.task t
       JOIN cuiban.schedule s ON s.office_id = t.office_id AND s.name = t.schedule
       JOIN cuiban.unit u ON u.office_id = t.office_id
      CROSS JOIN LATERAL (SELECT t.document->'deadlines'->0 AS deadline) AS d
      ORDER BY t.id, u.position`,
    [province.nine],
  );
  await ground.sql(database, 'VACUUM (ANALYZE) cuiban.assignment');
  return { database, open: counties * UNITS * TASKS, province };
}

/** Microseconds per due duty, one figure per round; a thousand duties of the first county are due each time. */
async function dueCosts(
  ground: Ground,
  filled: readonly Filled[],
  rounds: number,
): Promise<readonly { readonly open: number; readonly micros: number[] }[]> {
  const costs = filled.map(({ open }) => ({ open, micros: [] as number[] }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [n, { database, province }] of filled.entries()) {
      await ground.sql(
        database,
        `UPDATE cuiban.assignment SET next_at = to_timestamp($1::float8 / 1000)
          WHERE id <= $2 AND id % 10 = $3 AND planned_through < to_timestamp($1::float8 / 1000)`,
        [province.nine, UNITS * TASKS, round],
      );
      const micros = await withLedger(await ground.urlOf(database), province, async (ledger) => {
        const { context } = sweeping(ledger, province, province.nine);
        // One idle sweep first: connections are open and statements are known, as in a process that runs.
        await run({ ...context, now: () => province.nine - 60_000 });
        const began = performance.now();
        await run(context);
        return ((performance.now() - began) * 1_000) / ((UNITS * TASKS) / 10);
      });
      // The first round warms us up, not only the server.
      if (round > 0) costs[n]?.micros.push(micros);
    }
  }
  return costs;

  function run(context: Parameters<typeof sweep.run>[0]): Promise<void> {
    return sweep.run(context, {}, new AbortController().signal);
  }
}

async function idleCost(
  ground: Ground,
  { database, province }: Filled,
  times: number,
): Promise<{
  readonly median: number;
  readonly p99: number;
  readonly tables: readonly { readonly name: string; readonly rows: number }[];
}> {
  const url = await ground.urlOf(database);
  const taken: number[] = [];
  const once = async (ledger: Ledger): Promise<void> => {
    const { context } = sweeping(ledger, province, province.nine + 60_000);
    const began = performance.now();
    await sweep.run(context, {}, new AbortController().signal);
    taken.push(performance.now() - began);
  };
  await withLedger(url, province, async (ledger) => {
    for (let n = 0; n < 5; n += 1) await once(ledger);
  });
  taken.length = 0;
  // What a connection has counted is written when it ends, at the latest.
  const before = await rowsTouched(ground, database);
  await withLedger(url, province, async (ledger) => {
    for (let n = 0; n < times; n += 1) await once(ledger);
  });
  const tables = [...(await rowsTouched(ground, database))]
    .map(([name, touched]) => ({ name, rows: (touched - (before.get(name) ?? 0)) / times }))
    .toSorted((one, other) => other.rows - one.rows);
  const sorted = taken.toSorted((one, other) => one - other);
  return { median: percentile(sorted, 50), p99: percentile(sorted, 99), tables };
}

/** Rows read or written so far, by table. */
async function rowsTouched(ground: Ground, database: string): Promise<ReadonlyMap<string, number>> {
  const rows = await ground.sql(
    database,
    `SELECT relname AS name, (seq_tup_read + coalesce(idx_tup_fetch, 0) + n_tup_ins + n_tup_upd + n_tup_del)::float8 AS touched
       FROM pg_stat_user_tables WHERE schemaname = 'cuiban'`,
  );
  return new Map(rows.map(({ name, touched }) => [String(name), Number(touched)]));
}
