// npm run simulate: lives through seeds and says what broke, how often each invariant was asked, and how to see it again.

import { parseArgs } from 'node:util';

import { compare } from './compare.ts';
import { openServer, type Server } from './database.ts';
import { type Engine, HOME, loadEngine } from './engine.ts';
import { Counters, INVARIANTS, Violation } from './invariants.ts';
import { KEPT } from './kept-seeds.ts';
import { drifted, mutated } from './mutate.ts';
import { type Mutant, MUTANTS } from './mutants.ts';
import { type Lived, live } from './simulation.ts';

const HELP = `npm run simulate -- [options]

  --seed N --seeds K --years Y  lives through K seeds from N on, Y years each (1, 1, 1): once with faults, once without, and once more in
                                every fourth seed with a queue that is flushed all the time; what is said to whom must be the same
  --fury                        faults of all kinds, thrice as often, all the time; nothing is compared
  --twice                       each seed again: its trace must be the same
  --kept                        the seeds that once found a bug, first
  --lanes L                     lives at once (3); each is deterministic by itself
  --events                      all of the last events of a seed that failed, not only 25

  --mutants [--daily]           plants each of the known bugs (of those found in no time) and looks whether its seed finds it
  --mutant NAME                 only this one; may be given again
  --search K                    tries K seeds from --seed on instead of the known one

A slice of 40 seeds takes three to four minutes of one processor; CONTRIBUTING.md says how a night is made of slices.`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    years: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '3' },
    kept: { type: 'boolean', default: false },
    twice: { type: 'boolean', default: false },
    mutant: { type: 'string', multiple: true },
    mutants: { type: 'boolean', default: false },
    daily: { type: 'boolean', default: false },
    search: { type: 'string' },
    fury: { type: 'boolean', default: false },
    events: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}

interface Wanted {
  readonly seed: number;
  readonly years: number;
  readonly fury: boolean;
}

interface Judged {
  readonly lives: readonly Lived[];
  readonly violation: {
    readonly seed: number;
    readonly years: number;
    readonly fury: boolean;
    readonly invariant: number;
    readonly words: string;
    readonly events: readonly string[];
  } | null;
}

/** With faults; the same people without; in every fourth seed once more with a queue that is flushed all the time. */
async function judge(server: Server, engine: Engine, { seed, years, fury }: Wanted): Promise<Judged> {
  const lives: Lived[] = [];
  const violated = (invariant: number, words: string, events: readonly string[]): Judged => ({
    lives,
    violation: { seed, years, fury, invariant, words, events },
  });
  const faulty = await live({ engine, server, seed, years, mode: fury ? 'fury' : 'faults' });
  lives.push(faulty);
  if (faulty.violation !== null) return violated(faulty.violation.invariant, faulty.violation.words, faulty.violation.events);
  if (fury) return { lives, violation: null };
  const quiet = await live({ engine, server, seed, years, mode: 'quiet', acts: faulty.acts });
  lives.push(quiet);
  if (quiet.violation !== null)
    return violated(quiet.violation.invariant, `without faults: ${quiet.violation.words}`, quiet.violation.events);
  try {
    compare(faulty, quiet, faulty.counters);
    if (seed % 4 === 0) {
      const flushed = await live({ engine, server, seed, years, mode: 'queue', acts: faulty.acts });
      lives.push(flushed);
      if (flushed.violation !== null)
        return violated(
          flushed.violation.invariant,
          `with a queue that forgets: ${flushed.violation.words}`,
          flushed.violation.events,
        );
      compare(flushed, quiet, flushed.counters);
    }
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    return violated(error.invariant, error.message, []);
  }
  return { lives, violation: null };
}

class Totals {
  readonly counters = new Counters();
  readonly faults = new Map<string, number>();
  readonly sums = { seeds: 0, years: 0, sends: 0, accepted: 0, duplicates: 0, ambiguous: 0, flushes: 0, steps: 0, violations: 0 };

  add({ lives, violation }: Judged, years: number): void {
    this.sums.seeds += 1;
    this.sums.years += years;
    this.sums.violations += violation === null ? 0 : 1;
    for (const lived of lives) {
      for (const key of ['sends', 'accepted', 'duplicates', 'ambiguous', 'flushes', 'steps'] as const)
        this.sums[key] += lived[key];
      for (const [number, asked] of lived.counters.asked)
        this.counters.asked.set(number, (this.counters.asked.get(number) ?? 0) + asked);
      for (const [fault, count] of lived.faults) this.faults.set(fault, (this.faults.get(fault) ?? 0) + count);
    }
  }

  print(): void {
    const list = (of: ReadonlyMap<string | number, number>): string =>
      [...of]
        .toSorted(([one], [other]) => (Number(one) || 0) - (Number(other) || 0))
        .map(([key, count]) => `${key}: ${count}`)
        .join(', ');
    console.log(`\ntotals  ${list(new Map(Object.entries(this.sums)))}`);
    console.log(`faults  ${list(this.faults)}`);
    console.log('asked');
    for (const [number, words] of Object.entries(INVARIANTS))
      console.log(`  ${number.padStart(2)} ${String(this.counters.asked.get(Number(number)) ?? 0).padStart(9)}  ${words}`);
    console.log('  17         -  Links: there are none yet, so nothing is asked');
  }
}

function report({ violation }: Judged): void {
  if (violation === null) return;
  const { seed, years, fury, invariant, words, events } = violation;
  console.log(`\nseed ${seed}: invariant ${invariant} is broken. ${INVARIANTS[invariant] ?? ''}`);
  console.log(`  ${words}`);
  if (events.length > 0)
    console.log(
      `  the last events:\n${events
        .slice(values.events ? 0 : -25)
        .map((line) => `    ${line}`)
        .join('\n')}`,
    );
  console.log(`  to see it again: npm run simulate -- --seed ${seed} --years ${years}${fury ? ' --fury' : ''} --events\n`);
}

async function simulate(server: Server): Promise<boolean> {
  const engine = await loadEngine(HOME);
  const years = Number(values.years);
  const first = Number(values.seed);
  const wanted = [
    ...(values.kept ? KEPT : []),
    ...Array.from({ length: Number(values.seeds) }, (_, n) => ({ seed: first + n, years, fury: values.fury })),
  ];
  const totals = new Totals();
  const lane = async (): Promise<void> => {
    for (let next = wanted.shift(); next !== undefined; next = wanted.shift()) {
      const started = performance.now();
      const judged = await judge(server, engine, next);
      totals.add(judged, next.years);
      if (values.twice && judged.violation === null) {
        const again = await live({ engine, server, ...next, mode: next.fury ? 'fury' : 'faults' });
        const [before] = judged.lives;
        totals.counters.asked.set(20, (totals.counters.asked.get(20) ?? 0) + 1);
        if (before?.hash !== again.hash) {
          totals.sums.violations += 1;
          console.log(`seed ${next.seed}: two traces: ${before?.hash}, ${again.hash}`);
        }
      }
      const steps = judged.lives.reduce((sum, each) => sum + each.steps, 0);
      console.log(
        `seed ${next.seed}  ${judged.lives[0]?.hash}  ${steps} steps  ${((performance.now() - started) / 1_000).toFixed(1)} s  ${judged.violation === null ? 'held' : 'BROKEN'}`,
      );
      report(judged);
    }
  };
  await Promise.all(Array.from({ length: Number(values.lanes) }, lane));
  totals.print();
  return totals.sums.violations === 0;
}

/** Whether each of the bugs is found. */
async function hunt(server: Server, mutants: readonly Mutant[]): Promise<boolean> {
  const waiting = [...mutants];
  let survived = 0;
  const lane = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const { engine, close } = await mutated(mutant);
      const seeds =
        values.search === undefined
          ? [mutant.seed]
          : Array.from({ length: Number(values.search) }, (_, n) => Number(values.seed) + n);
      let found: string | null = null;
      for (const [tried, seed] of seeds.entries()) {
        const { violation } = await live({ engine, server, seed, years: 1, mode: 'fury' });
        if (violation === null) continue;
        found = `seed ${seed}, the ${tried + 1}. tried, by invariant ${violation.invariant}: ${violation.words.slice(0, 160)}`;
        break;
      }
      survived += found === null ? 1 : 0;
      console.log(`${found === null ? 'SURVIVED' : 'found'}  ${mutant.name}  ${found ?? ''}`);
      await close();
    }
  };
  await Promise.all(Array.from({ length: Number(values.lanes) }, lane));
  console.log(`\n${mutants.length - survived} of ${mutants.length} planted bugs found`);
  return survived === 0;
}

const wrong = await drifted(MUTANTS);
if (wrong.length > 0) console.log(`planted bugs whose place has moved:\n${wrong.join('\n')}`);
const chosen = values.mutants
  ? MUTANTS.filter(({ daily }) => daily || !values.daily)
  : MUTANTS.filter(({ name }) => values.mutant?.includes(name) === true);
if (values.mutant !== undefined && chosen.length === 0)
  throw new Error(`no such mutant; there are: ${MUTANTS.map(({ name }) => name).join(', ')}`);
const server = await openServer();
try {
  const held = chosen.length > 0 ? await hunt(server, chosen) : await simulate(server);
  process.exitCode = held && wrong.length === 0 ? 0 : 1;
} finally {
  await server.close();
}
